"""Two nodes on a Redis Cluster of three masters, while slots move and masters die."""

import asyncio
import pathlib
import unittest

from support.admin import AdminServer
from support.certificates import Authority
from support.chat_client import ChatClient
from support.eventually import eventually
from support.redis_cluster import RedisCluster
from support.redis_server import has_redis

ACL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "deploy" / "redis.acl"
ADMIN = "user default on nopass ~* &* +@all\n"  # for the test's own questions
CONFIG = """
[channels."kept-*"]
persistent = true
publish = "anyone"
[channels."plain-*"]
publish = "anyone"
[channels."here-*"]
publish = "anyone"
without_redis = "local"
[channels."seen-*"]
publish = "anyone"
presence = true
presence_grace = "10ms"
max_clients = 3
"""


async def in_thread(work, *arguments):
    return await asyncio.to_thread(work, *arguments)


async def publish(client, channel, data, **more):
    """The answer to it; messages that come meanwhile are passed over."""
    await client.command(type="publish", id=7, channel=channel, data=data, **more)
    while (answer := await client.receive()).get("id") != 7:
        pass
    return answer


async def publish_until_taken(client, channel, data):
    """As a client does that has nothing better to do than to try again."""
    while (answer := await publish(client, channel, data))["type"] != "published":
        assert answer["code"] == "internal", answer
        await asyncio.sleep(0.1)
    return answer


class Load:
    """Publishes numbers from 1 on, as fast as they are answered."""

    def __init__(self, client, channel):
        self._client = client
        self._channel = channel
        self._done = False
        self.count = 0
        self._task = asyncio.create_task(self._run())

    async def _run(self):
        while not self._done:
            self.count += 1
            answer = await publish(self._client, self._channel, self.count)
            assert (answer["type"], answer["offset"]) == ("published", self.count), answer

    async def stop(self):
        self._done = True
        await self._task


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class RedisClusterTest(unittest.TestCase):
    def cluster(self, **options):
        cluster = RedisCluster(**options)
        self.addCleanup(cluster.close)
        return cluster

    def node(self, cluster, *flags):
        return AdminServer("--redis", cluster.url, *flags, config=CONFIG)

    def test_channels_of_all_masters_are_one_server(self):
        async def converse(cluster, one, two):
            async with ChatClient(one) as ann, ChatClient(two) as bob:
                await ann.enter()
                await bob.enter()
                for channel in await in_thread(cluster.channels, "kept"):
                    entered = await bob.subscribe(channel)
                    for number in (1, 2, 3):
                        self.assertEqual((await publish(ann, channel, number, key=f"k{number}"))["offset"], number)
                        message = await bob.expect("message")
                        self.assertEqual((message["data"], message["offset"]), (number, number))
                    again = await publish(ann, channel, 3, key="k3")
                    self.assertEqual(again["offset"], 3)
                    history = await ann.ask(type="history", id=2, channel=channel)
                    self.assertEqual([message["data"] for message in history["messages"]], [1, 2, 3])
                    await ann.command(type="subscribe", id=3, channel=channel,
                                      since={"epoch": entered["epoch"], "offset": 1})  # fmt: skip
                    answer = await ann.expect("subscribed")
                    self.assertTrue(answer["recovered"])
                    self.assertEqual([(await ann.expect("message"))["data"] for _ in "23"], [2, 3])
                for channel in await in_thread(cluster.channels, "plain"):
                    await bob.subscribe(channel)
                    self.assertEqual((await publish(ann, channel, 4))["type"], "published")
                    self.assertEqual((await bob.expect("message"))["data"], 4)
                for channel in await in_thread(cluster.channels, "seen"):
                    await bob.subscribe(channel)
                    told = await in_thread(one.admin.get, f"/api/members?channel={channel}")
                    self.assertEqual((told.status, told.json["count"]), (200, 1))
                kicked = await in_thread(one.admin.post, "/api/disconnect", {"user": "nobody"})
                self.assertEqual(kicked.json, {"disconnected": 0, "nodes": 2})

        cluster = self.cluster()
        with self.node(cluster) as one, self.node(cluster) as two:
            eventually(lambda: len(one.admin.get("/api/nodes").json["nodes"]) == 2, "they do not know each other")
            for node in (one, two):
                self.assertEqual(node.admin.get("/ready").status, 200)
            asyncio.run(converse(cluster, one, two))
            self.assertNotIn("failed in Redis", one.log() + two.log())

    def test_by_tls_the_rights_of_the_documented_user_are_enough(self):
        async def converse(cluster, node):
            async with ChatClient(node) as client, ChatClient(node) as voice:
                await client.enter()
                await voice.enter()
                for stem in ("kept", "plain", "seen"):
                    for channel in await in_thread(cluster.channels, stem):
                        await client.subscribe(channel)
                        self.assertEqual((await publish(voice, channel, 1))["type"], "published")
                        self.assertEqual((await client.receive())["type"], "message")
                moved, other, _ = await in_thread(cluster.channels, "kept")
                await in_thread(cluster.move, moved, await in_thread(cluster.owner, other))
                self.assertEqual((await publish(voice, moved, 2))["offset"], 2)

        authority = self.enterContext(Authority())
        chain, key = authority.certificate("redis", names=("IP:127.0.0.1",))
        users = authority.folder / "users.acl"
        users.write_text(ADMIN + ACL.read_text(encoding="ascii").replace("PASSWORD", "hush"), encoding="ascii")
        cluster = self.cluster(options=("--aclfile", users), user="sentix:hush@", tls=(authority, chain, key))
        with self.node(cluster, "--redis-ca", authority.root) as node:
            self.assertEqual(node.admin.get("/ready").status, 200, node.log())
            asyncio.run(converse(cluster, node))
            for server in cluster.servers:
                self.assertEqual(cluster.ask(server, "ACL", "LOG"), "")
            self.assertNotIn("failed in Redis", node.log())

    def test_a_slot_that_moves_costs_nobody_a_message_and_no_epoch(self):
        async def converse(cluster, one, two):
            channel = "kept-moving"
            async with ChatClient(one) as ann, ChatClient(two) as bob:
                await ann.enter()
                await bob.enter()
                entered = await bob.subscribe(channel)
                load = Load(ann, channel)
                heard = []

                async def hear(count):
                    while len(heard) < count:
                        message = await bob.expect("message")
                        heard.append((message["data"], message["offset"]))

                for server in [*cluster.servers, cluster.servers[0]]:
                    await hear(load.count + 100)
                    if await in_thread(cluster.owner, channel) is not server:
                        await in_thread(cluster.move, channel, server)
                await hear(load.count + 100)
                await load.stop()
                await hear(load.count)
                self.assertEqual(heard, [(number, number) for number in range(1, load.count + 1)])
                again = await bob.subscribe(channel)
                self.assertEqual((again["epoch"], again["offset"]), (entered["epoch"], load.count))

        cluster = self.cluster()
        with self.node(cluster) as one, self.node(cluster) as two:
            asyncio.run(converse(cluster, one, two))
            self.assertNotIn("failed in Redis", one.log() + two.log())

    def test_what_is_published_while_a_slot_is_on_its_way_waits_for_it(self):
        async def converse(cluster, one):
            channel = "kept-halfway"
            async with ChatClient(one) as ann:
                await ann.enter()
                await ann.subscribe(channel)
                self.assertEqual((await publish(ann, channel, 1))["offset"], 1)
                source = await in_thread(cluster.owner, channel)
                target = next(server for server in cluster.servers if server is not source)
                loop, waiting = asyncio.get_running_loop(), []

                async def begin():
                    waiting.append(asyncio.create_task(publish(ann, channel, 2)))
                    await asyncio.sleep(0.3)
                    assert not waiting[0].done(), waiting[0].result()

                def pause():
                    if not waiting:
                        asyncio.run_coroutine_threadsafe(begin(), loop).result()

                await in_thread(cluster.move, channel, target, pause)
                self.assertEqual((await waiting[0])["offset"], 2)
                # A slot that stays on its way for longer than anybody waits is refused, and is whole afterwards.
                ids = [await in_thread(cluster.ask, server, "CLUSTER", "MYID") for server in (source, target)]
                slot = str(await in_thread(cluster.slot, channel))
                await in_thread(cluster.ask, source, "CLUSTER", "SETSLOT", slot, "IMPORTING", ids[1])
                await in_thread(cluster.ask, target, "CLUSTER", "SETSLOT", slot, "MIGRATING", ids[0])
                refused = await publish(ann, channel, 3)
                self.assertEqual((refused["type"], refused["code"]), ("error", "internal"))
                await in_thread(cluster.ask, source, "CLUSTER", "SETSLOT", slot, "STABLE")
                await in_thread(cluster.ask, target, "CLUSTER", "SETSLOT", slot, "STABLE")
                self.assertEqual((await publish_until_taken(ann, channel, 4))["offset"], 3)

        cluster = self.cluster()
        with self.node(cluster) as one:
            asyncio.run(converse(cluster, one))

    def test_a_failover_begins_a_new_epoch_for_the_channels_of_that_master_alone(self):
        async def converse(cluster, one):
            victim = await in_thread(cluster.owner, "kept-1")
            mine = "kept-1"
            other = next(name for name in await in_thread(cluster.channels, "kept")
                         if cluster.owner(name) is not victim)  # fmt: skip
            async with ChatClient(one) as ann, ChatClient(one) as voice:
                await ann.enter()
                await voice.enter()
                before = await ann.subscribe(mine)
                kept = await ann.subscribe(other)
                self.assertEqual((await publish(voice, mine, 1))["offset"], 1)
                self.assertEqual((await ann.expect("message"))["data"], 1)
                victim.kill()
                await in_thread(eventually, lambda: one.admin.get("/ready").status == 503, "still ready")
                self.assertIn(f"127.0.0.1:{victim.port}", one.admin.get("/ready").json["message"])
                self.assertEqual((await publish(voice, other, 2))["offset"], 1)
                self.assertEqual((await ann.expect("message"))["data"], 2)
                gap = await ann.expect("gap")
                self.assertEqual((gap["channel"], gap["offset"]), (mine, 1))
                self.assertNotEqual(gap["epoch"], before["epoch"])
                self.assertEqual((await publish_until_taken(voice, mine, 3))["offset"], 1)
                self.assertEqual((await ann.expect("message"))["data"], 3)
                await in_thread(eventually, lambda: one.admin.get("/ready").status == 200, "not ready again")
                again = await ann.subscribe(other)
                self.assertEqual((again["epoch"], again["offset"]), (kept["epoch"], 1))

        cluster = self.cluster(replicas=1)
        with self.node(cluster) as one:
            asyncio.run(converse(cluster, one))
            self.assertEqual(one.admin.metric("sentix_redis_up"), 1)

    def test_without_one_master_the_channels_of_the_others_go_on(self):
        async def converse(cluster, one):
            mine, *others = await in_thread(cluster.channels, "kept")
            victim = await in_thread(cluster.owner, mine)
            async with ChatClient(one) as ann, ChatClient(one) as voice:
                await ann.enter()
                await voice.enter()
                for channel in (mine, *others):
                    await ann.subscribe(channel)
                    self.assertEqual((await publish(voice, channel, 1))["offset"], 1)
                    self.assertEqual((await ann.expect("message"))["data"], 1)
                victim.kill()
                await in_thread(eventually, lambda: one.admin.get("/ready").status == 503, "still ready")
                self.assertIn(f"127.0.0.1:{victim.port}", one.admin.get("/ready").json["message"])
                self.assertEqual(one.admin.metric("sentix_redis_up"), 0)
                refused = await publish(voice, mine, 2)
                self.assertEqual((refused["type"], refused["code"]), ("error", "internal"))
                refused = await voice.ask(type="history", id=1, channel=mine)
                self.assertEqual((refused["type"], refused["code"]), ("error", "internal"))
                for channel in others:
                    self.assertEqual((await publish(voice, channel, 2))["offset"], 2)
                    self.assertEqual((await ann.expect("message"))["channel"], channel)
                victim.start()
                gap = await ann.expect("gap")
                self.assertEqual((gap["channel"], gap["offset"]), (mine, 1))
                self.assertEqual((await publish_until_taken(voice, mine, 3))["offset"], 1)
                await in_thread(eventually, lambda: one.admin.get("/ready").status == 200, "not ready again")
            self.assertEqual(one.log().count("Redis is not there at 127.0.0.1"), 1)

        cluster = self.cluster()
        with self.node(cluster) as one:
            asyncio.run(converse(cluster, one))

    def test_without_one_master_its_channels_may_go_on_on_each_node(self):
        async def hears(listener, voice, channel):
            """Whether what is published by one node comes to the other, which may not be listening yet."""
            answer = await publish_until_taken(voice, channel, "joined")
            try:
                message = await asyncio.wait_for(listener.expect("message"), 0.5)
            except asyncio.TimeoutError:
                return False
            return "local" not in answer and message["data"] == "joined"

        async def converse(cluster, one, two):
            mine, other, _ = await in_thread(cluster.channels, "here")
            victim = await in_thread(cluster.owner, mine)
            async with ChatClient(one) as ann, ChatClient(two) as bob, ChatClient(one) as voice:
                for client in (ann, bob, voice):
                    await client.enter()
                for client in (ann, bob):
                    await client.subscribe(mine)
                    await client.subscribe(other)
                victim.kill()
                for node in (one, two):
                    await in_thread(eventually, lambda node=node: node.admin.get("/ready").status == 503, "still ready")
                self.assertIs((await publish(voice, mine, 1)).get("local"), True)
                self.assertEqual((await ann.expect("message"))["data"], 1)
                self.assertNotIn("local", await publish(voice, other, 2))
                for client in (ann, bob):  # of which bob has not heard the first one
                    self.assertEqual((await client.expect("message"))["data"], 2)
                self.assertEqual(one.admin.metric("sentix_redis_local_publications_total"), 1)
                victim.start()
                for _ in range(120):
                    if await hears(bob, voice, mine):
                        return
                self.fail("the channel is not joined again")

        cluster = self.cluster()
        with self.node(cluster) as one, self.node(cluster) as two:
            asyncio.run(converse(cluster, one, two))


if __name__ == "__main__":
    unittest.main()
