"""Documents whose fenced blocks are run, in their order, in one fresh folder a document.

    ```sh                 a script that has to end with 0
    ```sh server          a server, which runs until the next one of the document, or its end
    ```sh needs=php       is left out where there is no such command
    ```text               right behind a script: what it printed; … stands for anything
    ```python             or any other language, whose first line is a comment with the name of a file: that file

`sentix` is the binary under test, and `sentix-load` the one beside it. The ports 8080, 8081 and 9180, which the
documents name, are replaced by free ones in all that is run, written and expected.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile

from support.eventually import DEADLINE, eventually
from support.server import BINARY
from transcript import blocks

_NAME = re.compile(r"(?://|#|<\?php //|--) ([\w./-]+\.\w+)")
_PORTS = ("8080", "8081", "9180")
_KEPT = ("HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE")


def file_of(block):
    """The name of the file that a block is, or None."""
    match = _NAME.match(block.text)
    return match and match[1]


class Notebook:
    """Runs one document. Use it in a `with` statement, which ends its server."""

    def __init__(self, document, **variables):
        self._blocks = blocks(document)
        self._folder = tempfile.TemporaryDirectory(prefix="sentix-docs-")
        self.folder = pathlib.Path(self._folder.name)
        (self.folder / "bin").mkdir()
        for binary in (BINARY, BINARY.with_name("sentix-load")):
            (self.folder / "bin" / binary.name).symlink_to(binary)
        self._ports = free_ports()
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        path = f"{self.folder}/bin:{os.environ['PATH']}:/usr/sbin"
        self._environment = {**kept, "PATH": path, "WEBSOCKET_PORT": self._ports["8080"],
                             "WEBSOCKET_ADMIN": f"127.0.0.1:{self._ports['9180']}", **variables}
        self._server = None
        self.ran = 0
        self.left_out = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end_server()
        self._folder.cleanup()

    def run(self):
        printed = None
        for block in self._blocks:
            kind, *words = block.info.split() or [""]
            text = self._with_free_ports(block.text)
            missing = [word.removeprefix("needs=") for word in words if not self._has(word)]
            if missing:
                self.left_out.append(f"line {block.line}: there is no {' '.join(missing)}")
                printed = None
            elif kind == "sh":
                printed = self._serve(block, text) if "server" in words else self._run(block, text)
                self.ran += 1
            elif kind == "text" and printed is not None:
                expected = re.escape(text.strip()).replace("…", ".*")
                assert re.fullmatch(expected, printed.strip(), re.DOTALL), f"line {block.line}: it printed\n{printed}"
                printed = None
            elif file_of(block):
                path = self.folder / file_of(block)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")

    @staticmethod
    def _has(word):
        return not word.startswith("needs=") or shutil.which(word.removeprefix("needs="))

    def _with_free_ports(self, text):
        return re.sub(r"\b(?:%s)\b" % "|".join(_PORTS), lambda port: self._ports[port[0]], text)

    def _run(self, block, text):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=self.folder, env=self._environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=3 * DEADLINE,
                              check=False)
        assert done.returncode == 0, f"line {block.line} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def _serve(self, block, text):
        self._end_server()
        with open(self.folder / "server.log", "wb") as log:
            self._server = subprocess.Popen(["bash", "-euc", text], cwd=self.folder, env=self._environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                            start_new_session=True)

        def listening():
            said = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")
            assert self._server.poll() is None, f"line {block.line}: the server has ended:\n{said}"
            return "listening on ws" in said

        eventually(listening, f"line {block.line}: no server")

    def _end_server(self):
        if self._server:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None


def free_ports():
    """A free port for each that documents name."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in _PORTS]
    ports = [str(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return dict(zip(_PORTS, ports))
