"""The Redis that joins several servers, as a child process of a test."""

import shutil
import signal
import socket
import ssl
import subprocess
import tempfile

from support.eventually import eventually
from support.free_port import free_port


def has_redis():
    return shutil.which("redis-server") is not None


class Redis:
    """A redis-server that keeps nothing, on one port for all of its lives.

    `user` stands in its URL: "USER:PASSWORD@". With `tls`, an Authority of support.certificates and the chain and key
    to show, the port is one for TLS. A Cluster's server has a `bus`: another free port.
    """

    def __init__(self, *options, user="", tls=None, bus=False):
        self.port = free_port()
        if bus:
            options += ("--cluster-port", free_port())
        self.url = f"{'rediss' if tls else 'redis'}://{user}127.0.0.1:{self.port}"
        self._options = options
        self._tls = tls
        self._folder = tempfile.TemporaryDirectory(prefix="sentix-redis-")
        self.lives = 0
        self.running = False
        self.stopped = False
        self.start()

    def start(self):
        command = ["redis-server", *self._options]  # of which the first may be a file
        command += ["--bind", "127.0.0.1", "--save", "", "--dir", self._folder.name]
        if self._tls:
            authority, chain, key = self._tls
            command += ["--port", "0", "--tls-port", self.port, "--tls-auth-clients", "no"]
            command += ["--tls-ca-cert-file", authority.root, "--tls-cert-file", chain, "--tls-key-file", key]
        else:
            command += ["--port", self.port]
        command = [str(word) for word in command]
        self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.lives += 1
        self.running = True
        eventually(self._answers, "Redis does not answer")

    def _answers(self):
        try:
            return self.ask("PING") == b"+PONG\r\n"
        except OSError:
            return False

    def ask(self, command):
        """What is answered to a command in one line, as far as it comes at once: bytes of RESP."""
        with socket.create_connection(("127.0.0.1", self.port), 1) as plain:
            if not self._tls:
                return self._ask(plain, command)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False  # a test may want a certificate that is no good
            context.verify_mode = ssl.CERT_NONE
            with context.wrap_socket(plain) as secured:
                return self._ask(secured, command)

    def replication(self):
        """What it tells of itself as a master or replica, or nothing: who is made one ends all connections."""
        try:
            return self.ask("INFO replication")
        except OSError:
            return b""

    @staticmethod
    def _ask(connection, command):
        connection.sendall(command.encode() + b"\r\n")
        return connection.recv(65536)

    def signal(self, number):
        self._child.send_signal(number)
        self.stopped = number == signal.SIGSTOP

    def kill(self):
        self.running = False
        self.stopped = False
        self._child.kill()
        self._child.wait()

    def close(self):
        self.kill()
        self._folder.cleanup()
