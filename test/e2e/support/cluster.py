"""`sentix cluster` as a child process of a test, with what one asks of it."""

import os
import pathlib
import signal
import subprocess
import tempfile
from types import SimpleNamespace
from typing import NamedTuple

from support.admin import Admin
from support.eventually import DEADLINE, eventually
from support.free_port import free_port
from support.server import BINARY, run_binary


class Row(NamedTuple):
    """A line of `sentix cluster status`."""

    id: str
    address: str
    state: str
    admin: int
    process: int
    restarts: int


def alive(pid):
    """Whether there is such a process, and not only what nobody has waited for."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Cluster:
    """A manager and its nodes on free ports of 127.0.0.1, in a folder of its own. Use it in a `with` statement."""

    def __init__(self, redis, nodes=3, config="", flags=()):
        self._folder = tempfile.TemporaryDirectory(prefix="sentix-e2e-")
        self.folder = pathlib.Path(self._folder.name)
        self.control = self.folder / "control"
        self.ports = [free_port() for _ in range(nodes)]
        (self.folder / "sentix.toml").write_text(config, encoding="utf-8")
        words = [BINARY, "cluster", "--redis", redis.url, "--control", self.control, "--base-admin-port", "0"]
        for port in self.ports:
            words += ["--node", f"127.0.0.1:{port}"]
        self._out = open(self.folder / "stdout", "wb")
        self._log = open(self.folder / "stderr", "wb")
        self.child = subprocess.Popen(
            [*map(str, words), *flags],
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._log,
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("WEBSOCKET_")},
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        self._out.close()
        self._log.close()
        self._folder.cleanup()

    def said(self):
        """What it has written so far, to standard output and to standard error."""
        files = (self.folder / "stdout", self.folder / "stderr")
        return "".join(file.read_text(encoding="utf-8", errors="replace") for file in files)

    def command(self, *words):
        return run_binary("cluster", *words, "--control", self.control)

    def ask(self, *words):
        done = self.command(*words)
        assert (done.returncode, done.stderr) == (0, ""), (done, self.said())
        return done.stdout

    def status(self):
        _, *lines = self.ask("status").splitlines()
        fields = [line.split() for line in lines if not line.startswith("a restart")]
        return [Row(*each[:3], *map(int, each[3:6])) for each in fields]

    def await_status(self, condition):
        """Waits until `condition` is true of the rows, and returns them."""
        eventually(lambda: self.control.exists() or self.child.poll() is not None, self.said)
        found = []

        def holds():
            found[:] = self.status()
            return condition(found)

        eventually(holds, lambda: f"{found}\n{self.said()}")
        return found

    def await_up(self, count):
        return self.await_status(lambda rows: [row.state for row in rows] == ["up"] * count)

    def signal(self, number):
        self.child.send_signal(number)

    def interrupt(self):
        """As Ctrl-C at its terminal does."""
        os.killpg(self.child.pid, signal.SIGINT)

    def wait(self):
        return self.child.wait(DEADLINE)


def server_at(address):
    """What ChatClient connects to."""
    return SimpleNamespace(host="127.0.0.1", url=f"ws://{address}")


def publish_somewhere(rows, channel, number):
    """Publishes one number by whichever node takes it; by its key it is stored once, however often it is tried."""
    body = {"channel": channel, "data": number, "key": f"number-{number}"}

    def published():
        for row in rows:
            try:
                if Admin(row.admin).post("/api/publish", body).status == 200:
                    return True
            except OSError:
                continue
        return False

    eventually(published, f"nobody takes {number}")
