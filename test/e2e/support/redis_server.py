"""The Redis that joins several servers, as a child process of a test."""

import shutil
import socket
import subprocess
import tempfile

from support.eventually import eventually
from support.free_port import free_port


def has_redis():
    return shutil.which("redis-server") is not None


class Redis:
    """A redis-server that keeps nothing, on one port for all of its lives."""

    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._folder = tempfile.TemporaryDirectory(prefix="sentix-redis-")
        self.lives = 0
        self.running = False
        self.start()

    def start(self):
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        command += ["--dir", self._folder.name]
        self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.lives += 1
        self.running = True
        eventually(self._answers, "Redis does not answer")

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                probe.sendall(b"PING\r\n")
                return probe.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

    def signal(self, number):
        self._child.send_signal(number)

    def kill(self):
        self.running = False
        self._child.kill()
        self._child.wait()

    def close(self):
        self.kill()
        self._folder.cleanup()
