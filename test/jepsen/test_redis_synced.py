"""Channels whose publications are acknowledged and delivered only when a replica has them (durability "synced")."""

import asyncio
import pathlib
import signal
import tempfile
import time
import unittest

from support.admin import AdminServer
from support.chat_client import ChatClient
from support.eventually import DEADLINE, eventually
from support.redis_cluster import RedisCluster
from support.redis_sentinel import WatchedRedis
from support.redis_server import Redis, has_redis

_ACL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "deploy" / "redis.acl"
_ADMIN = "user default on nopass ~* &* +@all\n"  # for the test's own questions, and replicas
TIMEOUT = 0.5
SETTINGS = f'redis_sync_timeout = "{int(TIMEOUT * 1000)}ms"\n'
CHANNEL = """
[channels."{}"]
persistent = true
publish = "anyone"
durability = "synced"
"""


def online(master):
    return b"state=online" in master.replication()


def entries(redis, channel="safe"):
    """How many publications a Redis has stored."""
    return int(redis.ask(f"XLEN sentix:{{{channel}}}s")[1:])


class Listener(ChatClient):
    """Subscribed to the channel. Answers are those of commands with an id, and the rest is heard."""

    async def __aenter__(self):
        await super().__aenter__()
        await self.enter()
        self.heard = []
        self.entered = await self.subscribe("safe")
        return self

    async def take(self):
        message = await self.receive()
        if message["type"] in ("message", "gap"):
            self.heard.append(message)
            return None
        return message

    async def publish(self, data, **more):
        await self.command(type="publish", id=data, channel="safe", data=data, **more)
        while (answer := await self.take()) is None:
            pass
        return answer

    async def history(self):
        await self.command(type="history", id="h", channel="safe")
        while (answer := await self.take()) is None:
            pass
        return answer

    async def hear(self, count):
        while len(self.heard) < count:
            await self.take()
        return [message.get("data", message["type"]) for message in self.heard]


class SyncedTest(unittest.TestCase):
    def published(self, answer, offset):
        self.assertEqual((answer["type"], answer.get("offset")), ("published", offset), answer)

    def refused(self, answer, there):
        self.assertEqual((answer["type"], answer.get("code")), ("error", "internal"), answer)
        self.assertIn(f"{there} replicas have it, where redis_sync_replicas is 1", answer["message"])


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class ReplicaTest(SyncedTest):
    def setUp(self):
        users = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "users.acl"
        users.write_text(_ADMIN + _ACL.read_text(encoding="ascii").replace("PASSWORD", "hush"), encoding="ascii")
        self.master = Redis("--aclfile", users, user="sentix:hush@")
        self.addCleanup(self.master.close)
        self.addCleanup(lambda: self.assertEqual(self.master.ask("ACL LOG"), b"*0\r\n"))
        self.replica = Redis("--replicaof", f"127.0.0.1 {self.master.port}")
        self.addCleanup(self.replica.close)
        eventually(lambda: online(self.master), "no replica")

    def node(self):
        return AdminServer("--redis", self.master.url, config=SETTINGS + CHANNEL.format("safe"))

    def test_what_is_acknowledged_is_on_the_replica(self):
        async def converse(node):
            async with Listener(node) as client:
                for number in range(1, 21):
                    self.published(await client.publish(number), number)
                    self.assertEqual(entries(self.replica), number)
                # Many at once share a round, and are answered and heard in order.
                for number in range(21, 321):
                    await client.command(type="publish", id=number, channel="safe", data=number)
                answers = []
                while len(answers) < 300:
                    if (answer := await client.take()) is not None:
                        answers.append(answer["offset"])
                self.assertEqual(answers, list(range(21, 321)))
                self.assertEqual(await client.hear(320), list(range(1, 321)))
                admin = await asyncio.to_thread(node.admin.publish, "safe", 321)
                self.assertEqual(admin["offset"], 321)

        with self.node() as node:
            asyncio.run(converse(node))

    def test_without_the_replica_nobody_hears_it_and_with_it_again_everybody_once(self):
        async def converse(one, two):
            async with Listener(one) as ann, Listener(two) as bob:
                self.published(await ann.publish(1, key="k1"), 1)
                self.replica.signal(signal.SIGSTOP)
                begin = time.monotonic()
                self.refused(await ann.publish(2, key="k2"), 0)
                self.refused(await bob.publish(3), 0)
                self.assertLess(time.monotonic() - begin, DEADLINE)
                # The first one's key is known to be safe; the second one's is not.
                self.published(await ann.publish(1, key="k1"), 1)
                self.refused(await ann.publish(2, key="k2"), 0)
                for client in (ann, bob):
                    told = await client.history()
                    self.assertEqual((told["offset"], [one["data"] for one in told["messages"]]), (1, [1]))
                    self.assertEqual(await client.hear(1), [1])
                async with Listener(two) as late:
                    self.assertEqual(late.entered["offset"], 1)
                    self.replica.signal(signal.SIGCONT)
                    for client in (ann, bob):  # without that anybody publishes again
                        self.assertEqual(await client.hear(3), [1, 2, 3])
                    self.published(await ann.publish(2, key="k2"), 2)
                    self.published(await ann.publish(4), 4)
                    self.assertEqual(await late.hear(3), [2, 3, 4])
                    self.assertEqual(await bob.hear(4), [1, 2, 3, 4])

        with self.node() as one, self.node() as two:
            asyncio.run(converse(one, two))
            self.assertIn("redis_sync_timeout", one.log() + two.log())

    def test_what_a_node_has_stored_before_it_died_is_confirmed_by_who_reads_or_publishes_next(self):
        async def store_and_die(node, key):
            async with Listener(node) as client:
                await client.command(type="publish", id=1, channel="safe", data=key, key=key)
                await asyncio.to_thread(eventually, lambda: entries(self.master) == int(key), "not stored")
                node.kill()

        async def converse(node, first, second):
            async with Listener(node) as client:
                self.replica.signal(signal.SIGSTOP)
                await store_and_die(first, "1")
                self.replica.signal(signal.SIGCONT)
                self.assertEqual((await client.history())["epoch"], client.entered["epoch"])
                self.assertEqual(await client.hear(1), ["1"])
                self.replica.signal(signal.SIGSTOP)
                await store_and_die(second, "2")
                self.replica.signal(signal.SIGCONT)
                self.published(await client.publish(3), 3)
                self.assertEqual(await client.hear(3), ["1", "2", 3])

        first, second = self.node(), self.node()
        for node in (first, second):
            self.addCleanup(node.__exit__, Exception)
        with self.node() as node:
            asyncio.run(converse(node, first, second))

    def test_a_redis_without_replicas_refuses_and_other_channels_go_on(self):
        async def converse(node):
            async with Listener(node) as client:
                self.refused(await client.publish(1), 0)
                answer = await client.ask(type="publish", id=2, channel="memory", data=1)
                self.published(answer, 1)
                told = await asyncio.to_thread(
                    node.admin.post, "/api/publish", {"channel": "safe", "data": 1}
                )
                self.assertEqual(told.status, 503)
                self.assertIn("redis_sync_replicas is 1", told.json["message"])

        alone = Redis()
        self.addCleanup(alone.close)
        memory = '[channels.memory]\npersistent = true\npublish = "anyone"\n'
        with AdminServer("--redis", alone.url, config=SETTINGS + CHANNEL.format("safe") + memory) as node:
            asyncio.run(converse(node))


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class FailoverTest(SyncedTest):
    def test_a_failover_loses_nothing_that_was_acknowledged(self):
        async def converse(node, redis):
            async with Listener(node) as client:
                for number in range(1, 51):
                    self.published(await client.publish(number, key=f"k{number}"), number)
                await asyncio.to_thread(redis.lose_master)  # the last message may be on its way
                await client.hear(51)
                gap = next(one for one in client.heard if one["type"] == "gap")
                self.assertEqual(gap["offset"], client.heard.index(gap) + 1)
                self.assertNotEqual(gap["epoch"], client.entered["epoch"])
                client.heard.remove(gap)
                self.assertEqual(await client.hear(50), list(range(1, 51)))
                told = await client.history()
                self.assertEqual([(one["offset"], one["data"]) for one in told["messages"]],
                                 [(number, number) for number in range(1, 51)])  # fmt: skip
                # The new master has no replica yet, so nobody can tell that one more is safe.
                self.refused(await client.publish(51, key="k51"), 0)
                redis.start()
                await asyncio.to_thread(redis.settle)
                self.assertEqual((await client.hear(51))[50:], [51])
                self.published(await client.publish(51, key="k51"), 51)
                self.published(await client.publish(7, key="k7"), 7)
                self.published(await client.publish(52), 52)
                self.assertEqual((await client.hear(52))[50:], [51, 52])

        redis = WatchedRedis()
        self.addCleanup(redis.close)
        with AdminServer("--redis", redis.url, config=SETTINGS + CHANNEL.format("safe")) as node:
            asyncio.run(converse(node, redis))


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class ClusterTest(SyncedTest):
    def test_each_master_waits_for_its_own_replicas_and_a_slot_that_moves_loses_nothing(self):
        async def publish(client, channel, data):
            return await client.ask(type="publish", id=data, channel=channel, data=data)

        async def converse(node, cluster, channels):
            async with ChatClient(node) as client, ChatClient(node) as listener:
                await client.enter()
                await listener.enter()
                for channel in channels:
                    self.published(await publish(client, channel, 1), 1)
                moving = channels[0]
                await listener.subscribe(moving)
                target = cluster.owner(channels[1])
                await asyncio.gather(
                    asyncio.to_thread(cluster.move, moving, target), self.publish_all(client, moving, range(2, 40))
                )
                self.published(await publish(client, moving, 40), 40)
                heard = [(await listener.receive())["data"] for _ in range(2, 41)]
                self.assertEqual(heard, list(range(2, 41)))

        cluster = RedisCluster(replicas=1)
        self.addCleanup(cluster.close)
        channels = cluster.channels("safe")
        with AdminServer("--redis", cluster.url, config=SETTINGS + CHANNEL.format("safe-*")) as node:
            asyncio.run(converse(node, cluster, channels))

    async def publish_all(self, client, channel, numbers):
        for number in numbers:
            answer = await client.ask(type="publish", id=number, channel=channel, data=number)
            self.published(answer, number)


if __name__ == "__main__":
    unittest.main()
