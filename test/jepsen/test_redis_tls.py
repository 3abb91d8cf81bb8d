"""A node and a Redis that is reached by TLS, as a user with no more rights than tools/deploy/redis.acl gives."""

import asyncio
import pathlib
import unittest

from support.admin import AdminServer
from support.certificates import Authority
from support.chat_client import ChatClient
from support.eventually import eventually
from support.redis_server import Redis, has_redis

_ACL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "deploy" / "redis.acl"
_ADMIN = "user default on nopass ~* &* +@all\n"  # for the test's own questions
CONFIG = """
[channels.kept]
persistent = true
history_size = 2
publish = "anyone"
[channels.seen]
presence = true
presence_grace = "10ms"
max_clients = 5
"""


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class RedisTlsTest(unittest.TestCase):
    def setUp(self):
        self.authority = self.enterContext(Authority())

    def redis(self, stem="redis", names=("IP:127.0.0.1",), days=30):
        chain, key = self.authority.certificate(stem, names=names, days=days)
        users = self.authority.folder / "users.acl"
        users.write_text(_ADMIN + _ACL.read_text(encoding="ascii").replace("PASSWORD", "hush"), encoding="ascii")
        redis = Redis("--aclfile", users, user="sentix:hush@", tls=(self.authority, chain, key))
        self.addCleanup(redis.close)
        return redis

    def test_the_rights_of_the_documented_user_are_enough(self):
        async def converse(node, redis):
            async with ChatClient(node) as client:
                await client.enter()
                await client.subscribe("kept")
                for number in range(1, 4):
                    await client.command(type="publish", id=1, channel="kept", data=number, key=f"k{number}")
                    told = [await client.receive(), await client.receive()]
                    self.assertEqual([message["offset"] for message in told], [number, number])
                history = await client.ask(type="history", id=2, channel="kept")
                self.assertEqual([message["data"] for message in history["messages"]], [2, 3])
                await client.subscribe("seen")
                answer = await client.ask(type="presence", id=3, channel="seen")
                self.assertEqual(answer["type"], "presence", answer)
                await client.subscribe("plain")
                await client.ask(type="unsubscribe", id=4, channel="seen")
            await asyncio.to_thread(eventually, lambda: b"{seen}u" not in redis.ask("KEYS *"), "still a member")

        async def die_with_a_member(node):
            async with ChatClient(node) as client:
                await client.enter()
                await client.subscribe("seen")
                node.kill()

        redis = self.redis()
        with AdminServer("--redis", redis.url, "--redis-ca", self.authority.root, config=CONFIG) as node:
            asyncio.run(converse(node, redis))
            asyncio.run(die_with_a_member(node))  # and who takes away what it has left behind has the rights for that
            with AdminServer("--redis", redis.url, "--redis-ca", self.authority.root, config=CONFIG) as next_node:
                eventually(lambda: b"{seen}u" not in redis.ask("KEYS *"), "not tidied up")
                self.assertEqual(redis.ask("ACL LOG"), b"*0\r\n")
                self.assertEqual(next_node.log().count("failed in Redis"), 0)

    def test_a_redis_that_is_not_believed_is_not_there_and_it_is_said_why(self):
        with Authority("another") as another:
            cases = [
                (self.redis(), another.root, "certificate verify failed"),
                (self.redis("other", names=("DNS:other.example",)), self.authority.root, "IP address mismatch"),
                (self.redis("old", days=-1), self.authority.root, "certificate has expired"),
            ]
            for redis, ca, why in cases:
                with self.subTest(why), AdminServer("--redis", redis.url, "--redis-ca", ca) as node:
                    ready = node.admin.get("/ready")
                    self.assertEqual(ready.status, 503)
                    self.assertIn(why, ready.json["message"])
                    eventually(lambda: why in node.log(), "the log does not say why")
                    self.assertNotIn("hush", node.log() + ready.body.decode())
                    self.assertEqual(node.admin.get("/health").status, 200)


if __name__ == "__main__":
    unittest.main()
