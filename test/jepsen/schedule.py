"""What goes wrong, and when: all of it follows from a seed."""

import asyncio
import random
import signal

from cluster import NODES

SECONDS = 8.0


class Schedule:
    """Faults of one run, in the order of their beginnings. `lossy`: Redis is killed as well, and forgets everything.

    Where Redis is `watched` by Sentinels, a master that was stopped for long loses its place as well as one that died.
    """

    def __init__(self, seed, watched=False):
        self.random = random.Random(seed)
        self.lossy = self.random.random() < 0.4 or watched
        kinds = ["kill_node", "kill_node", "stop_node", "stop_node", "stop_redis"] + ["kill_redis"] * self.lossy
        count = self.random.randint(3, 6)
        begins = sorted(self.random.uniform(0.5, SECONDS - 1.0) for _ in range(count))
        self.faults = [
            (begin, self.random.choice(kinds), self.random.randrange(NODES), self.random.uniform(0.05, 4.5))
            for begin in begins
        ]
        if self.lossy:
            self.faults[-1] = (self.faults[-1][0], "kill_redis", 0, self.random.uniform(0.05, 2.0))

    def __str__(self):
        texts = (f"{begin:.2f} s {kind} {which} for {length:.2f} s" for begin, kind, which, length in self.faults)
        return "; ".join(texts)

    async def run(self, cluster):
        """Lets all of it happen, and returns when all of it is over and everything runs again."""
        await asyncio.gather(*(self._happen(cluster, *fault) for fault in self.faults))
        await asyncio.sleep(0.5)

    async def _happen(self, cluster, begin, kind, which, length):
        await asyncio.sleep(begin)
        if kind == "kill_node":
            if cluster.nodes[which] is None:
                return  # somebody else's
            cluster.kill_node(which)
            await asyncio.sleep(length)
            await asyncio.to_thread(cluster.start_node, which)
        elif kind == "stop_node":
            node = cluster.nodes[which]
            cluster.signal_node(which, signal.SIGSTOP)
            await asyncio.sleep(length)
            if cluster.nodes[which] is node:
                cluster.signal_node(which, signal.SIGCONT)
        elif kind == "stop_redis":
            lives = cluster.redis.lives
            if not cluster.redis.running:
                return
            cluster.redis.signal(signal.SIGSTOP)
            await asyncio.sleep(length)
            if cluster.redis.running and cluster.redis.lives == lives:
                cluster.redis.signal(signal.SIGCONT)
        elif cluster.redis.running:
            cluster.redis.kill()
            await asyncio.sleep(length)
            await asyncio.to_thread(cluster.redis.start)
