"""Nodes and a Redis that Sentinels watch, while its master and a Sentinel die."""

import asyncio
import unittest

from support.admin import AdminServer
from support.chat_client import ChatClient
from support.eventually import eventually
from support.redis_sentinel import WatchedRedis
from support.redis_server import has_redis

CONFIG = """
[channels.kept]
persistent = true
publish = "anyone"
"""


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class RedisSentinelTest(unittest.TestCase):
    def test_a_failover_is_followed_and_begins_a_new_epoch_that_everybody_is_told_of(self):
        async def publish(client, data):
            await client.command(type="publish", id=1, channel="kept", data=data)
            told = [await client.receive(), await client.receive()]
            self.assertEqual(sorted(message["type"] for message in told), ["message", "published"])
            return told[0]["offset"]

        async def converse(node, redis):
            async with ChatClient(node) as client:
                await client.enter()
                before = await client.subscribe("kept")
                self.assertEqual([await publish(client, 1), await publish(client, 2)], [1, 2])
                former = redis.master()
                redis.sentinels[0].kill()
                await asyncio.to_thread(redis.lose_master)
                gap = await client.expect("gap")
                self.assertNotEqual(gap["epoch"], before["epoch"])
                self.assertEqual(gap["offset"], 1)
                self.assertEqual(await publish(client, 3), 1)
                since = {"epoch": before["epoch"], "offset": 1}
                async with ChatClient(node) as other:
                    await other.enter()
                    answer = await other.subscribe("kept", since=since)
                    self.assertEqual((answer["recovered"], answer["epoch"]), (False, gap["epoch"]))
                await asyncio.to_thread(eventually, lambda: node.admin.get("/ready").status == 200, "not ready")
                # The former master comes back empty, as a replica, and nobody notices.
                redis.start()
                await asyncio.to_thread(eventually, lambda: b"role:slave" in former.replication(), "no replica")
                self.assertEqual(await publish(client, 4), 2)

        redis = WatchedRedis()
        self.addCleanup(redis.close)
        with AdminServer("--redis", redis.url, config=CONFIG) as node:
            asyncio.run(converse(node, redis))


if __name__ == "__main__":
    unittest.main()
