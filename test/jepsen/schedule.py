"""What goes wrong, and when: all of it follows from a seed."""

import asyncio
import random
import signal

from cluster import NODES
from links import DOWN, UP

SECONDS = 8.0


class Schedule:
    """Faults of one run, in the order of their beginnings. `lossy`: Redis is killed as well, and forgets everything.

    Where others may take a master's place (`kind` is "sentinels" or "synced", or "cluster" and lossy), one that was
    stopped for long loses it as well as one that died. In a Cluster that is not lossy the channel moves from master to
    master. Where the channel is synced, the master and its replica are never hurt at the same time: a second copy that
    goes before the first one is back is more than one replica can bear.
    """

    def __init__(self, seed, kind="redis"):
        self.random = random.Random(seed)
        self.lossy = self.random.random() < 0.4 or kind in ("sentinels", "synced")
        self._hurts_redis = asyncio.Lock() if kind == "synced" else None
        last = "lose_master" if kind == "synced" else "kill_redis"
        kinds = ["kill_node", "kill_node", "stop_node", "stop_node", "stop_redis"] + [last] * self.lossy
        kinds += ["stop_replica"] * 2 if kind == "synced" else []
        kinds += ["cut_link", "hold_link", "silence_link", "slow_link"] if kind == "redis" else []
        kinds += ["move_slot"] * 4 if kind == "cluster" and not self.lossy else []
        count = self.random.randint(3, 6)
        begins = sorted(self.random.uniform(0.5, SECONDS - 1.0) for _ in range(count))
        self.faults = [
            (begin, self.random.choice(kinds), self.random.randrange(NODES), self.random.uniform(0.05, 4.5),
             self.random.random())
            for begin in begins
        ]
        if self.lossy:
            self.faults[-1] = (self.faults[-1][0], last, 0, self.random.uniform(0.05, 2.0), 0.0)

    def __str__(self):
        texts = (f"{begin:.2f} s {kind} {which} for {length:.2f} s" for begin, kind, which, length, _ in self.faults)
        return "; ".join(texts)

    async def run(self, cluster):
        """Lets all of it happen, and returns when all of it is over and everything runs again."""
        await asyncio.gather(*(self._happen(cluster, *fault) for fault in self.faults))
        await asyncio.sleep(0.5)

    async def _happen(self, cluster, begin, kind, which, length, how):
        await asyncio.sleep(begin)
        act = getattr(self, f"_{kind}")
        if self._hurts_redis is None or kind.endswith("node"):
            await act(cluster, which, length, how)
            return
        async with self._hurts_redis:
            await asyncio.to_thread(cluster.redis.settle)
            await act(cluster, which, length, how)

    async def _kill_node(self, cluster, which, length, _):
        if cluster.nodes[which] is None:
            return  # somebody else's
        cluster.kill_node(which)
        await asyncio.sleep(length)
        await asyncio.to_thread(cluster.start_node, which)

    async def _stop_node(self, cluster, which, length, _):
        node = cluster.nodes[which]
        cluster.signal_node(which, signal.SIGSTOP)
        await asyncio.sleep(length)
        if cluster.nodes[which] is node:
            cluster.signal_node(which, signal.SIGCONT)

    async def _stop_redis(self, cluster, _which, length, _how):
        lives = cluster.redis.lives
        if not cluster.redis.running:
            return
        cluster.redis.signal(signal.SIGSTOP)
        await asyncio.sleep(length)
        if cluster.redis.running and cluster.redis.lives == lives:
            cluster.redis.signal(signal.SIGCONT)

    async def _kill_redis(self, cluster, _which, length, _how):
        if not cluster.redis.running:
            return
        cluster.redis.kill()
        await asyncio.sleep(length)
        await asyncio.to_thread(cluster.redis.start)

    async def _lose_master(self, cluster, _which, length, _how):
        """It is back, empty, when its replica has taken its place: before, that would take over its emptiness."""
        await asyncio.to_thread(cluster.redis.lose_master)
        await asyncio.sleep(length)
        await asyncio.to_thread(cluster.redis.start)

    async def _stop_replica(self, cluster, _which, length, _how):
        replica = cluster.redis.replica()
        replica.signal(signal.SIGSTOP)
        await asyncio.sleep(length)
        replica.signal(signal.SIGCONT)

    async def _cut_link(self, cluster, which, length, _):
        cluster.links.cut(which)
        await asyncio.sleep(length)
        cluster.links.heal(which)

    async def _hold_link(self, cluster, which, length, how):
        cluster.links.hold(which, UP if how < 0.5 else DOWN)
        await asyncio.sleep(length)
        cluster.links.heal(which)

    async def _silence_link(self, cluster, which, length, _):
        for direction in (UP, DOWN):
            cluster.links.hold(which, direction)
        await asyncio.sleep(length)
        cluster.links.heal(which)

    async def _slow_link(self, cluster, which, length, how):
        cluster.links.slow_down(which, 0.5 * how)
        await asyncio.sleep(length)
        cluster.links.heal(which)

    async def _move_slot(self, cluster, _which, _length, _how):
        await asyncio.to_thread(cluster.redis.move)
