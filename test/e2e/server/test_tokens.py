"""Signed tokens (JWT): who comes in by them, what they open, and that they end."""

import unittest

import websockets

from support import tokens
from support.chat_client import ChatClient
from support.server import Server, run_binary
from support.tokens import SECRET

CONFIG = f"""
[auth.jwt]
secret = "{SECRET}"
issuer = "https://login.example.com/"
audience = "sentix"
leeway = 0

[channels."secret-*"]
private = true
"""


def token(**claims):
    return tokens.token(**{"iss": "https://login.example.com/", "aud": ["sentix"]} | claims)


class TokensTest(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(config=CONFIG))

    async def client(self, path="/", **options):
        client = await self.enterAsyncContext(ChatClient(self.server, path, **options))
        return await client.enter()

    async def authenticate(self, client, **claims):
        answer = await client.ask(type="authenticate", id=1, credentials={"token": token(**claims)})
        return answer.get("user") or answer["code"]

    async def may(self, client, kind, channel):
        answer = await client.ask(type=kind, id=1, channel=channel, data=1)
        return answer.get("code", "yes")

    async def test_a_token_tells_who_it_is_and_what_is_open(self):
        client = await self.client()
        permissions = ["secret-a", {"pattern": "secret-b*", "publish": False}]
        user = await self.authenticate(client, sub="ann", info={"color": "red"}, permissions=permissions)
        self.assertEqual(user, {"user": "ann", "info": {"color": "red"}})
        self.assertEqual(await self.may(client, "subscribe", "secret-a"), "yes")
        self.assertEqual(await self.may(client, "subscribe", "secret-b1"), "yes")
        self.assertEqual(await self.may(client, "publish", "secret-b1"), "forbidden")
        self.assertEqual(await self.may(client, "subscribe", "secret-c"), "forbidden")
        self.assertEqual(await self.may(client, "subscribe", "open"), "yes")

    async def test_it_may_come_with_the_handshake(self):
        by_query = await self.client(f"/?token={token(sub='ann')}")
        self.assertEqual(by_query.welcome["user"], {"user": "ann"})
        by_header = await self.client(extra_headers={"Authorization": f"Bearer {token(sub='bob')}"})
        self.assertEqual(by_header.welcome["user"], {"user": "bob"})

    async def test_forged_and_foreign_ones_are_refused(self):
        refused = {
            "another secret": token(sub="ann", secret="x" * 32),
            "no algorithm": token(sub="ann", header={"alg": "none"}).rpartition(".")[0] + ".",
            "another issuer": token(sub="ann", iss="https://evil.example.com/"),
            "for another": token(sub="ann", aud="another"),
            "expired": token(sub="ann", seconds=-1),
            "nobody": token(),
            "for a channel": token(sub="ann", channel="secret-a"),
        }
        for why, bad in refused.items():
            with self.subTest(why):
                client = await self.client()
                answer = await client.ask(type="authenticate", id=1, credentials={"token": bad})
                self.assertEqual((answer["type"], answer["code"]), ("error", "unauthenticated"))
                self.assertEqual(answer["message"], 'The "credentials" were refused.')  # and never why

    async def test_who_has_no_new_one_in_time_is_closed(self):
        client = await self.client(f"/?token={token(sub='ann', seconds=2)}")
        with self.assertRaises(websockets.ConnectionClosed) as closed:
            await client.receive_text()
        self.assertEqual((closed.exception.rcvd.code, closed.exception.rcvd.reason), (4001, "token expired"))

    async def test_a_new_one_renews_and_one_of_another_user_does_not(self):
        client = await self.client(f"/?token={token(sub='ann', seconds=4)}")
        short_lived = await self.client(f"/?token={token(sub='ann', seconds=4)}")
        self.assertEqual(await self.authenticate(client, sub="bob"), "bad_request")
        self.assertEqual(await self.authenticate(client, sub="ann", seconds=3600), {"user": "ann"})
        with self.assertRaises(websockets.ConnectionClosed):
            await short_lived.receive_text()
        self.assertEqual(await client.ask(type="ping", id=2), {"type": "pong", "id": 2})


class KeysTest(unittest.TestCase):
    def test_a_weak_secret_stops_the_start(self):
        weak = run_binary("serve", "--port", "0", "--auth-jwt-secret", "short")
        self.assertEqual(weak.returncode, 1)
        self.assertIn("--auth-jwt-secret: it has 5 bytes, and a secret for HS256 has to have 32", weak.stderr)
        self.assertNotIn("short", weak.stderr)

    def test_a_file_that_is_missing_stops_the_start(self):
        missing = run_binary("serve", "--port", "0", "--auth-jwt-jwks-file", "/none/jwks.json")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("/none/jwks.json cannot be read: No such file or directory", missing.stderr)


if __name__ == "__main__":
    unittest.main()
