"""The servers that are measured: what each is, how it is started, and whether it can be had here.

A peer is compiled or installed when it is first asked for; one whose package is missing is left out, and the report
says so. `--server NAME=COMMAND` adds any other, whose COMMAND has {port} and perhaps {what} (echo or fanout) in it.
"""

import dataclasses
import os
import pathlib
import shlex
import shutil
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SENTIX_BUILD", ROOT / "build"))
PEERS = pathlib.Path(__file__).resolve().parent / "peers"
SERVER_CPU, CLIENT_CPU = 0, min(1, (os.cpu_count() or 1) - 1)
START_SECONDS = 10


class Unavailable(Exception):
    """Why a server cannot be measured here."""


@dataclasses.dataclass(frozen=True)
class Server:
    """`command(what, port, folder)` is the command line that serves `what` on a port of 127.0.0.1."""

    name: str
    serves: tuple  # of echo, fanout, connect, idle, ...
    command: object
    scheme: str = "ws"
    plain: bool = True  # fan-out without the sentix protocol: a path is a room
    workers: int = 1  # several are to be had on both processors, and are only in groups that name their server


class Running:
    """A server in its own process on SERVER_CPU, for a `with` statement; `real_time` is a priority, or None."""

    def __init__(self, server: Server, what: str, real_time: int | None = None):
        self._folder = tempfile.TemporaryDirectory(prefix="sentix-bench-")
        self.server = server
        self.port = _free_port()
        command = server.command(what, self.port, pathlib.Path(self._folder.name))
        self._child = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            preexec_fn=lambda: claim(_cpus(server), real_time),
        )
        self.pid = self._child.pid
        try:
            self._wait_until_listening()
        except BaseException:
            self.__exit__()
            raise

    def url(self, path: str = "/") -> str:
        return f"{self.server.scheme}://127.0.0.1:{self.port}" + ("" if self.server.scheme == "tcp" else path)

    def _wait_until_listening(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._child.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise Unavailable(f"{self.server.name} did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        self._folder.cleanup()


def claim(cpus: set, real_time: int | None):
    """For a process that is about to run on these processors, before everybody else there if it has a priority."""
    os.sched_setaffinity(0, cpus)
    if real_time is not None:
        # Not FIFO: a load's thread that always has work would keep the thread that ends it from the processor.
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(real_time))


def _cpus(server: Server) -> set:
    return {SERVER_CPU} if server.workers == 1 else {SERVER_CPU, CLIENT_CPU}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _sentix(workers: int):
    def command(what, port, _folder):
        serve = ["echo"] if what == "echo" else ["serve", "--max-clients", "0", "--admin", "off"]
        return [BUILD / "sentix", *serve, "--port", port, "--workers", workers]

    return command


def _floor(threads: int):
    return lambda _what, port, _folder: [BUILD / "bench/sentix-floor", port, threads]


def _compiled(source: str, *libraries: str):
    """A peer in C++ is compiled with the flags that its users would give."""

    def command(_what, port, _folder):
        program = BUILD / "bench" / pathlib.Path(source).stem
        if not program.exists() or program.stat().st_mtime < (PEERS / source).stat().st_mtime:
            compiler = os.environ.get("CXX", "g++")
            done = subprocess.run(
                [compiler, "-std=c++20", "-O3", "-march=native", "-DNDEBUG", "-o", program, PEERS / source, *libraries],
                capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise Unavailable(f"{source} does not compile here: {done.stderr.strip().splitlines()[0]}")
        return [program, port]

    return command


def _npm_ws(what, port, _folder):
    if not shutil.which("npm"):
        raise Unavailable("npm is not installed")
    if not (PEERS / "node_modules/ws").exists():
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=PEERS,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Unavailable(f"npm's ws cannot be installed: {done.stderr.strip()[:100]}")
    return ["node", PEERS / "ws_server.js", what, port]


def _nchan(_what, port, folder):
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not nginx or not pathlib.Path("/usr/lib/nginx/modules/ngx_nchan_module.so").exists():
        raise Unavailable("nginx with nchan is not installed")
    configuration = folder / "nginx.conf"
    configuration.write_text((PEERS / "nchan.conf").read_text().format(folder=folder, port=port))
    folder.chmod(0o755)
    return [nginx, "-c", configuration, "-p", folder]


def _given(text: str) -> Server:
    name, _, command = text.partition("=")
    if not name or "{port}" not in command:
        raise SystemExit(f"--server {text}: what is needed is NAME=COMMAND with {{port}} in it")

    def fill(what, port, _folder):
        return [word.format(port=port, what=what) for word in shlex.split(command)]

    serves = ("echo", "fanout", "connect", "idle") if "{what}" in command else ("echo", "connect", "idle")
    return Server(name, serves, fill)


SENTIX = Server("sentix", ("echo", "fanout", "connect", "idle", "subscribed"), _sentix(1), plain=False)
SENTIX_2 = Server("sentix, 2 workers", ("echo", "fanout"), _sentix(2), plain=False, workers=2)
FLOOR = Server("floor", ("echo",), _floor(1), scheme="tcp")
FLOOR_2 = Server("floor, 2 threads", ("echo",), _floor(2), scheme="tcp", workers=2)


def all_servers(given: list) -> list:
    """In the order of the tables."""
    return [
        FLOOR,
        FLOOR_2,
        SENTIX,
        SENTIX_2,
        *(_given(text) for text in given),
        Server("libwebsockets", ("echo", "connect"), _compiled("libwebsockets_echo.cpp", "-lwebsockets")),
        # Boost 1.74 uses std::exchange without its header.
        Server("Boost.Beast", ("echo", "connect"), _compiled("beast_echo.cpp", "-include", "utility", "-pthread")),
        Server("nginx + nchan", ("fanout",), _nchan),
        Server("npm ws", ("echo", "fanout", "connect", "idle"), _npm_ws),
    ]
