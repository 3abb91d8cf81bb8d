"""One run of the binary to its end, in a folder of its own, with nothing but the given environment."""

import pathlib
import subprocess
import tempfile
import unittest
from typing import NamedTuple

from support.eventually import DEADLINE
from support.server import BINARY

# What a child needs besides what a test gives it: under a sanitizer, its options.
_KEPT = ("PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE")


def environment(**variables):
    import os

    return {name: os.environ[name] for name in _KEPT if name in os.environ} | variables


def _command(arguments):
    """The binary with its arguments. Servers of tests have no admin listener: its default is one address for all."""
    words = [str(BINARY), *map(str, arguments)]
    if "serve" in words and "--admin" not in words:
        words[2:2] = ["--admin", "off"]
    return words


class Result(NamedTuple):
    status: int
    out: str
    err: str


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="sentix-e2e-")))

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def run_sentix(self, *arguments, preexec_fn=None, **variables):
        done = subprocess.run(
            _command(arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            cwd=self.folder,
            env=environment(**variables),
            preexec_fn=preexec_fn,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments, stderr=None, preexec_fn=None, **variables):
        """A run that goes on; it is killed at the end of the test where it has not ended."""
        log = stderr or self.enterContext(open(self.folder / "stderr", "ab"))
        child = subprocess.Popen(
            _command(arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=self.folder,
            env=environment(**variables),
            preexec_fn=preexec_fn,
        )

        def end():
            if child.poll() is None:
                child.kill()
            child.wait()
            child.stdout.close()

        self.addCleanup(end)
        return child

    def read(self, name):
        """What is in a file so far; nothing where it is not there yet."""
        path = self.folder / name
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
