"""The binary under test, as a child process.

The environment variable SENTIX names the binary, build/sentix by default. Tests import this as `support.server`, with
test/e2e on PYTHONPATH:

    PYTHONPATH=test/e2e python3 -m unittest discover --start-directory test/e2e/server --pattern test_wire.py
"""

import functools
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import time

from support import process
from support.eventually import DEADLINE, eventually

_ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = pathlib.Path(os.environ.get("SENTIX", _ROOT / "build" / "sentix")).resolve()
_LISTENING = "listening on "


@functools.cache
def sanitizers():
    """Which of "asan", "tsan" and "ubsan" the binary was built with. Its memory says little about the program then."""
    marks = {"asan": b"__asan_init", "tsan": b"__tsan_init", "ubsan": b"__ubsan_handle"}
    code = BINARY.read_bytes()
    return {name for name, mark in marks.items() if mark in code}


def run_binary(*arguments, folder=None):
    """Runs the binary to its end, in `folder` or an empty one: a subprocess.CompletedProcess with text."""
    with tempfile.TemporaryDirectory(prefix="sentix-e2e-") as empty:
        return subprocess.run(
            [str(BINARY), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
            cwd=folder or empty,
            env=_environment(),
        )


def _environment():
    """This process's, without what would configure the server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WEBSOCKET_")}


class Server:
    """`sentix serve` (or another `command`) on a free port of 127.0.0.1, in a folder of its own.

    Use it in a `with` statement: it is stopped at the end, and must then exit with 0. A sanitizer that found something
    makes that fail, and its report is in the message.
    """

    def __init__(self, *flags, command="serve", host="127.0.0.1", config="", descriptors_max=None):
        self._folder = tempfile.TemporaryDirectory(prefix="sentix-e2e-")
        self.folder = pathlib.Path(self._folder.name)
        arguments = [str(BINARY), command, "--host", host]
        if command == "serve" and "--admin" not in flags:
            arguments += ["--admin", "off"]  # its default is one address for all
        if not host.startswith("unix:"):
            arguments += ["--port", "0"]
        if config:
            (self.folder / "sentix.toml").write_text(config, encoding="utf-8")
        self._log = open(self.folder / "stderr", "w+b")
        self.child = subprocess.Popen(
            arguments + [str(flag) for flag in flags],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=self.folder,
            env=_environment(),
            preexec_fn=descriptors_max and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors_max,) * 2)),
        )
        self.pid = self.child.pid
        self._killed = False
        try:
            self.url = self._read_url()
        except BaseException:
            self._dispose()
            raise
        self.host = host
        self.port = None if host.startswith("unix:") else int(self.url.rpartition(":")[2])

    def _read_url(self):
        line = self.child.stdout.readline().decode()
        if not line.startswith(_LISTENING):
            code = self.child.wait(DEADLINE)
            raise AssertionError(f"the server did not start: status {code}, it said {line!r} and\n{self.log()}")
        return line.removeprefix(_LISTENING).strip()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.stop()
        finally:
            self._dispose()

    def _dispose(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()
        self._log.close()
        self._folder.cleanup()

    def log(self):
        """What it has written to standard error."""
        return (self.folder / "stderr").read_text(encoding="utf-8", errors="replace")

    def says(self, *texts):
        """Waits until all of these stand in its log, which is written by another thread than the one that works."""
        eventually(lambda: all(text in self.log() for text in texts), self.log)

    def kill(self):
        """Ends it as a crash would, at this instant; stop() has nothing more to expect then."""
        self.child.kill()
        self.child.wait()
        self._killed = True

    def terminate(self):
        """Asks it to stop, and returns at once."""
        self.child.send_signal(signal.SIGTERM)

    def wait(self):
        """Waits until it has gone. Returns its exit status and how many seconds it took."""
        began = time.monotonic()
        return self.child.wait(DEADLINE), time.monotonic() - began

    def stop(self):
        """Stops it at once, if it still runs, and expects that nothing was wrong."""
        if self._killed:
            return
        if self.child.poll() is None:
            # Two signals end it without waiting for its clients. They differ, because two of a kind may become one.
            self.terminate()
            self.child.send_signal(signal.SIGINT)
        code, _ = self.wait()
        if code != 0:
            raise AssertionError(f"the server ended with {code}:\n{self.log()}")

    def descriptors(self):
        return process.descriptors(self.pid)

    def rss_bytes(self):
        return process.rss_bytes(self.pid)

    def cpu_seconds(self):
        return process.cpu_seconds(self.pid)
