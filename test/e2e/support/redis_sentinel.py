"""A master, a replica and three Sentinels that watch them, as child processes of a test."""

import pathlib
import signal
import tempfile

from support.eventually import eventually
from support.redis_server import Redis

NAME = "main"
_DOWN_AFTER_MS = 2000  # longer than a slow machine takes to answer


class WatchedRedis:
    """What Redis (support.redis_server) is, for `redis+sentinel://`: kill() takes the master, start() brings back whom.

    Who is brought back is empty, and becomes a replica of the master that has taken its place.
    """

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="sentix-sentinels-")
        first = Redis()
        second = Redis("--replicaof", f"127.0.0.1 {first.port}")
        self._servers = {server.port: server for server in (first, second)}
        eventually(lambda: b"state=online" in first.replication(), "no replica")
        self.sentinels = [Redis(self._sentinel(number, first.port), "--sentinel") for number in range(3)]
        eventually(lambda: all(self._knows_all(one) for one in self.sentinels), "Sentinels do not find each other")
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        self.url = f"redis+sentinel://{hosts}/{NAME}"
        self._down = None
        self._stopped = None
        self.lives = 1

    def _sentinel(self, number, port):
        path = pathlib.Path(self._folder.name) / f"{number}.conf"
        settings = [f"monitor {NAME} 127.0.0.1 {port} 2", f"down-after-milliseconds {NAME} {_DOWN_AFTER_MS}"]
        settings += [f"failover-timeout {NAME} 5000"]
        path.write_text("".join(f"sentinel {setting}\n" for setting in settings), encoding="ascii")
        return path

    @staticmethod
    def _knows_all(sentinel):
        told = sentinel.ask("INFO sentinel")
        return b"slaves=1" in told and b"sentinels=3" in told

    def master(self):
        """The server that the Sentinels name at the moment."""
        for sentinel in self.sentinels:
            if sentinel.running:
                told = sentinel.ask(f"SENTINEL get-master-addr-by-name {NAME}").split(b"\r\n")
                return self._servers[int(told[4])]
        raise AssertionError("there is no Sentinel")

    def replica(self):
        """The other one."""
        master = self.master()
        return next(server for server in self._servers.values() if server is not master)

    def settle(self):
        """Waits until there is one master, and the other one is its replica."""

        def is_one():
            master = self.master()
            told = b"".join(server.replication() for server in self._servers.values())
            return told.count(b"role:slave") == 1 and b"state=online" in master.replication()

        eventually(is_one, "there are two masters")

    @property
    def running(self):
        return self._down is None

    def kill(self):
        self._down = self.master()
        self._down.kill()

    def lose_master(self):
        """kill(), and waits until the other one is the master."""
        self.kill()
        eventually(lambda: self.master() is not self._down, "no new master")

    def start(self):
        self.signal(signal.SIGCONT)
        down, self._down = self._down, None
        down.start()
        self.lives += 1

    def signal(self, number):
        """SIGSTOP is for the master, SIGCONT for whoever was stopped."""
        if number == signal.SIGSTOP:
            self._stopped = self.master()
        if self._stopped is not None and self._stopped.running:
            self._stopped.signal(number)

    def close(self):
        for server in [*self.sentinels, *self._servers.values()]:
            server.close()
        self._folder.cleanup()
