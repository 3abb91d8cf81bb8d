"""Two nodes on one Redis, as their clients and their supervisor see them."""

import asyncio
import signal
import unittest

from support.admin import AdminServer
from support.chat_client import ChatClient
from support.eventually import eventually
from support.redis_server import Redis, has_redis

CONFIG = """
[channels.kept]
persistent = true
publish = "anyone"
[channels.seen]
presence = true
[channels.here]
without_redis = "local"
"""


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class RedisTest(unittest.TestCase):
    def setUp(self):
        self.redis = Redis()
        self.addCleanup(self.redis.close)

    def node(self, *flags):
        return AdminServer("--redis", self.redis.url, *flags, config=CONFIG)

    def test_a_client_of_one_node_hears_what_is_published_on_another(self):
        async def converse(one, two):
            async with ChatClient(one) as ann, ChatClient(two) as bob:
                await ann.enter()
                await bob.enter()
                entered = await bob.subscribe("kept")
                answer = await ann.ask(type="publish", id=2, channel="kept", data={"n": 1})
                self.assertEqual(answer, {"type": "published", "id": 2, "channel": "kept", "offset": 1})
                message = await bob.expect("message")
                self.assertEqual((message["data"], message["offset"]), ({"n": 1}, 1))
                published = await asyncio.to_thread(one.admin.publish, "kept", 2)
                self.assertEqual(published, {"offset": 2, "epoch": entered["epoch"]})
                self.assertEqual((await bob.expect("message"))["data"], 2)
                history = await bob.ask(type="history", id=3, channel="kept")
                self.assertEqual([message["data"] for message in history["messages"]], [{"n": 1}, 2])

        with self.node() as one, self.node() as two:
            asyncio.run(converse(one, two))

    def test_the_members_that_one_node_tells_are_those_of_all(self):
        async def come_and_ask(one, two):
            async with ChatClient(one) as ann:
                await ann.enter()
                await ann.subscribe("seen")
                return await asyncio.to_thread(two.admin.get, "/api/members?channel=seen")

        with self.node() as one, self.node() as two:
            told = asyncio.run(come_and_ask(one, two))
            self.assertEqual((told.status, told.json["count"]), (200, 1))
            self.redis.kill()
            eventually(lambda: two.admin.get("/ready").status == 503, "still ready")
            self.assertEqual(two.admin.get("/api/members?channel=seen").status, 503)

    def test_without_redis_a_node_keeps_its_clients_and_says_that_it_is_not_ready(self):
        async def converse(node):
            async with ChatClient(node) as client:
                await client.enter()
                entered = await client.subscribe("kept")
                self.assertEqual(node.admin.get("/ready").status, 200)
                self.redis.kill()
                ready = eventually(lambda: (answer := node.admin.get("/ready")).status == 503 and answer, "still ready")
                self.assertIn("Redis is not there", ready.json["message"])
                self.assertEqual(node.admin.get("/health").status, 200)
                self.assertEqual(node.admin.metric("sentix_redis_up"), 0)
                answer = await client.ask(type="publish", id=2, channel="kept", data=1)
                self.assertEqual((answer["type"], answer["code"]), ("error", "internal"))
                self.redis.start()
                eventually(lambda: node.admin.get("/ready").status == 200, "not ready again")
                gap = await client.expect("gap")
                self.assertNotEqual(gap["epoch"], entered["epoch"])
                self.assertEqual(gap["offset"], 1)
                await client.command(type="publish", id=3, channel="kept", data=2)
                told = [await client.receive(), await client.receive()]
                self.assertEqual(sorted(message["type"] for message in told), ["message", "published"])
                self.assertEqual([message["offset"] for message in told], [1, 1])
                self.assertEqual(node.admin.metric("sentix_redis_losses_total"), 1)
            self.assertEqual(node.log().count("Redis is not there"), 1)

        with self.node() as node:
            asyncio.run(converse(node))

    def test_a_channel_that_goes_on_without_redis_is_each_nodes_own_until_it_is_back(self):
        async def publish(publisher, number):
            await publisher.command(type="publish", id=number, channel="here", data=number)
            answers = [await publisher.receive(), await publisher.receive()]
            self.assertEqual(sorted(answer["type"] for answer in answers), ["message", "published"])
            return next(answer for answer in answers if answer["type"] == "published")

        async def outage(ann, bob, number, hurt, heal):
            hurt()
            await asyncio.to_thread(eventually, lambda: self.one.admin.get("/ready").status == 503, "still ready")
            await asyncio.to_thread(eventually, lambda: self.two.admin.get("/ready").status == 503, "still ready")
            for publisher in (ann, bob):
                published = await publish(publisher, number)
                self.assertEqual(published, {"type": "published", "id": number, "channel": "here", "local": True})
            self.assertEqual(await asyncio.to_thread(self.one.admin.publish, "here", "admin"), {"local": True})
            self.assertEqual((await ann.expect("message"))["data"], "admin")
            await asyncio.to_thread(heal)
            await asyncio.to_thread(eventually, lambda: self.one.admin.get("/ready").status == 200, "not ready")
            await asyncio.to_thread(eventually, lambda: self.two.admin.get("/ready").status == 200, "not ready")

        async def converse():
            async with ChatClient(self.one) as ann, ChatClient(self.two) as bob:
                for client in (ann, bob):
                    await client.enter()
                    await client.subscribe("here")
                await outage(ann, bob, 1, self.redis.kill, self.redis.start)
                await outage(
                    ann,
                    bob,
                    2,
                    lambda: self.redis.signal(signal.SIGSTOP),
                    lambda: self.redis.signal(signal.SIGCONT),
                )
                await self.until_joined(ann, bob)

        with self.node() as self.one, self.node() as self.two:
            asyncio.run(converse())
            self.assertEqual(self.one.admin.metric("sentix_redis_local_publications_total"), 4)
            self.assertEqual(self.two.admin.metric("sentix_redis_local_publications_total"), 2)
            for node in (self.one, self.two):
                eventually(lambda node=node: node.log().count("Redis is back") >= 2, node.log)
                self.assertEqual(node.log().count("go on without Redis, on this node alone"), 2)

    async def until_joined(self, ann, bob):
        """A node may listen a little later than it is ready; what the other publishes before is lost to it."""

        async def publish_more():
            while True:
                await asyncio.to_thread(self.one.admin.publish, "here", "joined")
                await asyncio.sleep(0.02)

        publishing = asyncio.create_task(publish_more())
        try:
            for client in (ann, bob):
                while (await client.expect("message"))["data"] != "joined":
                    pass
        finally:
            publishing.cancel()

    def test_two_living_nodes_of_one_name_are_told_of_and_a_former_life_is_not(self):
        with self.node("--node-id", "again") as again:
            again.kill()
        with self.node("--node-id", "twin") as one, self.node("--node-id", "twin") as two:
            with self.node("--node-id", "again") as again:  # while the lease of its former life lasts
                one.says(f"node_id is twin, and so is that of another node, at {two.url}")
                two.says(f"node_id is twin, and so is that of another node, at {one.url}")
                self.assertNotIn("that of another node", again.log())

    def test_a_node_begins_without_redis_and_finds_it_later(self):
        self.redis.kill()
        with self.node() as node:
            self.assertEqual(node.admin.get("/ready").status, 503)
            self.redis.start()
            eventually(lambda: node.admin.get("/ready").status == 200, "not ready")


if __name__ == "__main__":
    unittest.main()
