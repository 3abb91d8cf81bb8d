"""Three nodes and the Redis that makes them one server, all of which can be hurt."""

import signal

from links import Links
from support.redis_cluster import ClusteredRedis
from support.redis_sentinel import WatchedRedis
from support.redis_server import Redis
from support.server import Server

NODES = 3
CHANNEL = "stream"
CONFIG = """
[channels.stream]
persistent = true
publish = "anyone"
history_size = 1000000
history_ttl = "600m"
history_bytes = "1GiB"
"""
SYNCED = f'redis_sync_timeout = "500ms"\n{CONFIG}durability = "synced"\n'


class Cluster:
    """Use it in a `with` statement. Nodes are named by their index; a node that was killed is None until it is back.

    `kind` is what the nodes are on: a "redis", which each of them reaches by a link of its own; one with a replica that
    "sentinels" watch; the same with a channel that is "synced"; or a "cluster", whose masters have replicas where one
    of them is to be killed (`lossy`).
    """

    def __init__(self, kind="redis", lossy=False):
        if kind == "cluster":
            self.redis = ClusteredRedis(CHANNEL, replicas=int(lossy))
        else:
            self.redis = Redis() if kind == "redis" else WatchedRedis()
        self._config = SYNCED if kind == "synced" else CONFIG
        self.links = Links(NODES, self.redis.port) if kind == "redis" else None
        self.nodes = [None] * NODES
        self._dead = []

    def __enter__(self):
        try:
            for index in range(NODES):
                self.start_node(index)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for node in self.nodes + self._dead:
            if node is not None:
                node.child.send_signal(signal.SIGCONT) if node.child.poll() is None else None
                node.__exit__(Exception)  # it is done with: only clean up
        if self.links:
            self.links.close()
        self.redis.close()

    def start_node(self, index):
        url = f"redis://127.0.0.1:{self.links.ports[index]}" if self.links else self.redis.url
        self.nodes[index] = Server("--redis", url, "--node-id", f"node-{index}", config=self._config)

    def kill_node(self, index):
        node, self.nodes[index] = self.nodes[index], None
        if node is not None:
            node.kill()
            self._dead.append(node)

    def signal_node(self, index, number):
        if self.nodes[index] is not None:
            self.nodes[index].child.send_signal(number)

    def urls(self):
        return [node.url for node in self.nodes if node is not None]
