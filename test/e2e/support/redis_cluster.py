"""A Redis Cluster of three masters, each with a replica or none, as child processes of a test."""

import signal
import subprocess
import threading

from support.eventually import eventually
from support.redis_server import Redis

SLOTS = 16384
_NODE_TIMEOUT_MS = 2000  # longer than a slow machine takes to answer


class RedisCluster:
    """`redis+cluster://` with three masters. `options` are those of every server, as support.redis_server has them.

    A slot whose master is gone is refused; the others go on.
    """

    def __init__(self, replicas=0, options=(), user="", tls=None):
        common = ("--cluster-enabled", "yes", "--cluster-node-timeout", _NODE_TIMEOUT_MS)
        common += ("--cluster-require-full-coverage", "no", "--cluster-replica-validity-factor", "0")
        common += ("--repl-diskless-sync-delay", "0", *options)
        if tls:
            common += ("--tls-cluster", "yes", "--tls-replication", "yes")
        self.servers = [Redis(*common, bus=True, tls=tls) for _ in range(3 * (1 + replicas))]
        self._tls = tls
        try:
            self.cli("--cluster", "create", *map(self._address, self.servers), "--cluster-replicas", str(replicas),
                     "--cluster-yes")  # fmt: skip
            eventually(self.is_whole, "the Cluster does not become one")
            eventually(lambda: self._acknowledged(replicas), "replicas do not answer")
        except BaseException:
            self.close()
            raise
        scheme = "rediss" if tls else "redis"
        self.url = f"{scheme}+cluster://{user}" + ",".join(map(self._address, self.servers[:2]))

    @staticmethod
    def _address(server):
        return f"127.0.0.1:{server.port}"

    def _acknowledged(self, replicas):
        """Whether each master's replicas take what is written, which they do a second or two after they are there."""
        masters = {server.port for *_, server in self.masters()}
        answers = [self.cli("-p", str(port), told=f"FLUSHDB\nWAIT {replicas} 1000\n") for port in masters]
        return all(int(answer.split()[-1]) >= replicas for answer in answers)

    def cli(self, *words, told=""):
        """`told` are commands, where `words` are none."""
        tls = ("--tls", "--insecure") if self._tls else ()
        done = subprocess.run(["redis-cli", *tls, *words], input=told, capture_output=True, text=True)
        if done.returncode != 0 or "ERR" in done.stdout:
            raise AssertionError(f"redis-cli {words}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def ask(self, server, *words):
        return self.cli("-p", str(server.port), *words)

    def is_whole(self):
        told = [self.ask(server, "CLUSTER", "INFO") for server in self.servers]
        replicas = [self.ask(server, "INFO", "replication") for server in self.servers]
        up = all("master_link_status:up" in one for one in replicas if "role:slave" in one)
        return up and all("cluster_state:ok" in one and f"cluster_slots_ok:{SLOTS}" in one for one in told)

    def slot(self, channel, prefix="sentix:"):
        return int(self._ask_any("CLUSTER", "KEYSLOT", f"{prefix}{{{channel}}}"))

    def _ask_any(self, *words):
        """Of who can answer, and is not killed or stopped while it is asked."""
        for server in self.servers:
            if server.running and not server.stopped:
                try:
                    return self.ask(server, *words)
                except AssertionError:
                    if server.running and not server.stopped:
                        raise
        raise AssertionError("no server answers")

    def masters(self):
        """Servers by the slots that they have, as (first, last, server)."""
        ports = {server.port: server for server in self.servers}
        ranges = []
        for line in self._ask_any("CLUSTER", "NODES").splitlines():
            _, address, flags, *_, state = line.split()[:8]
            if "master" in flags and "fail" not in flags.replace("fail?", "") and state == "connected":
                port = int(address.split("@")[0].rsplit(":", 1)[1])
                for part in line.split()[8:]:
                    if not part.startswith("["):
                        first, _, last = part.partition("-")
                        ranges.append((int(first), int(last or first), ports[port]))
        return ranges

    def owner(self, channel):
        slot = self.slot(channel)
        found = [server for first, last, server in self.masters() if first <= slot <= last]
        return found[0] if found else None

    def channel_on(self, server, stem):
        """The name of a channel that this master has."""
        return next(name for name in (f"{stem}-{number}" for number in range(1000)) if self.owner(name) is server)

    def channels(self, stem):
        """A channel of each of the three masters."""
        masters = {server.port: server for *_, server in self.masters()}
        return [self.channel_on(server, stem) for server in masters.values()]

    def move(self, channel, target, pause=lambda: None):
        """Moves the channel's slot as redis-cli --cluster reshard does; `pause` is called when it is half done."""
        self.move_from(self.owner(channel), channel, target, pause)

    def move_from(self, source, channel, target, pause=lambda: None):
        slot = str(self.slot(channel))
        ids = {server.port: self.ask(server, "CLUSTER", "MYID") for server in (source, target)}
        self.ask(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source.port])
        self.ask(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target.port])
        pause()
        while keys := self.ask(source, "CLUSTER", "GETKEYSINSLOT", slot, "1").split():
            self.ask(source, "MIGRATE", "127.0.0.1", str(target.port), "", "0", "5000", "KEYS", *keys)
            pause()
        others = [server for *_, server in self.masters() if server not in (source, target)]
        for server in (target, source, *others):
            self.ask(server, "CLUSTER", "SETSLOT", slot, "NODE", ids[target.port])

    def close(self):
        for server in self.servers:
            server.close()


class ClusteredRedis:
    """What Redis (support.redis_server) is, for `redis+cluster://`, of the master that has `channel`.

    With a replica of each master, kill() takes the master, and start() brings back who was killed: empty, and a replica
    of who has taken its place by then. Without, move() gives the channel's slot to another master.
    """

    def __init__(self, channel, replicas):
        self._channel = channel
        self._cluster = RedisCluster(replicas)
        self._moving = threading.Lock()
        self._down = None
        self._stopped = []
        self.url = self._cluster.url
        self.lives = 1
        self.moves = 0

    @property
    def running(self):
        return self._down is None

    def kill(self):
        self._down = self._cluster.owner(self._channel)
        if self._down is not None:
            self._down.kill()

    def start(self):
        self.signal(signal.SIGCONT)
        down, self._down = self._down, None
        if down is not None:
            down.start()
        self.lives += 1

    def signal(self, number):
        """SIGSTOP is for the master, SIGCONT for whoever was stopped."""
        if number == signal.SIGSTOP:
            self._stopped.append(self._cluster.owner(self._channel))
        for server in self._stopped:
            if server is not None and server.running:
                server.signal(number)
        if number == signal.SIGCONT:
            self._stopped.clear()

    def move(self):
        """What is stopped meanwhile is waited for."""
        with self._moving:
            owner = self._cluster.owner(self._channel)
            if owner is not None:
                targets = [server for *_, server in self._cluster.masters() if server is not owner]
                self._cluster.move_from(owner, self._channel, targets[self.moves % len(targets)])
                self.moves += 1

    def settle(self):
        """Waits until all is as it should be."""
        eventually(self._cluster.is_whole, "the Cluster is not whole")

    def close(self):
        self._cluster.close()
