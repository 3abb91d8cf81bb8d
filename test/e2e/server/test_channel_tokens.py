"""Signed tokens for one channel: what they open to whom, and that the subscription ends with them."""

import signal
import unittest

import websockets

from support import tokens
from support.chat_client import ChatClient
from support.eventually import eventually_async
from support.server import Server
from support.tokens import SECRET

CONFIG = """
[auth.jwt]
secret = "{}"
leeway = 0

[channels."secret-*"]
private = true
persistent = true
"""

REFUSED = 'The "token" was refused: '


def token(channel="secret-a", **claims):
    return tokens.token(**{"channel": channel} | claims)


class ChannelTokensTest(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(config=CONFIG.format(SECRET)))

    async def client(self, **claims):
        path = f"/?token={tokens.token(**claims)}" if claims else "/"
        client = await self.enterAsyncContext(ChatClient(self.server, path))
        return await client.enter()

    async def subscribe(self, client, shown, channel="secret-a", **options):
        return await client.ask(type="subscribe", id=1, channel=channel, token=shown, **options)

    async def test_it_opens_its_channel_to_whoever_has_it(self):
        nobody, ann = await self.client(), await self.client(sub="ann")
        for client in (nobody, ann):
            self.assertEqual((await client.ask(type="subscribe", id=1, channel="secret-a"))["code"], "forbidden")
            self.assertEqual((await self.subscribe(client, token()))["type"], "subscribed")
            self.assertEqual((await client.ask(type="history", id=2, channel="secret-a"))["type"], "history")
            publish = {"type": "publish", "id": 3, "channel": "secret-a", "data": 1}
            self.assertEqual((await client.ask(**publish))["code"], "forbidden")

    async def test_it_may_open_publishing(self):
        client = await self.client()
        await self.subscribe(client, token("secret-p", publish=True), "secret-p")
        await client.command(type="publish", channel="secret-p", data="hi")
        self.assertEqual((await client.expect("message"))["data"], "hi")

    async def test_each_refusal_says_why(self):
        bob = await self.client(sub="bob")
        unsigned = "no key of this server has signed it."
        for why, shown in {
            unsigned: token(secret="x" * 32),
            "it has expired.": token(seconds=-1),
            "it is for another channel.": token("secret-b"),
            "it is for another user.": token(sub="ann"),
            "it is for authentication and used for a channel, or the other way round.": tokens.token(sub="bob"),
        }.items():
            with self.subTest(why):
                answer = await self.subscribe(bob, shown)
                self.assertEqual((answer["code"], answer["message"]), ("forbidden", REFUSED + why))
        self.assertEqual((await self.subscribe(bob, "opaque"))["message"], REFUSED + unsigned)
        self.assertEqual((await self.subscribe(bob, token(sub="bob")))["type"], "subscribed")

    async def test_it_is_no_token_for_the_server(self):
        client = await self.client()
        answer = await client.ask(type="authenticate", id=1, credentials={"token": token(sub="ann")})
        self.assertEqual(answer["code"], "unauthenticated")
        with self.assertRaises(websockets.ConnectionClosed) as closed:
            refused = await self.enterAsyncContext(ChatClient(self.server, f"/?token={token(sub='ann')}"))
            await refused.receive_text()
        self.assertEqual(closed.exception.rcvd.code, 4001)

    async def test_the_subscription_ends_with_it_and_goes_on_with_another(self):
        short, renewed = await self.client(), await self.client()
        position = await self.subscribe(short, token("secret-e", seconds=5), "secret-e")
        await self.subscribe(renewed, token("secret-e", seconds=5, publish=True), "secret-e")
        await self.subscribe(renewed, token("secret-e", seconds=600, publish=True), "secret-e")
        ended = {"type": "unsubscribed", "channel": "secret-e", "reason": "token expired"}
        self.assertEqual(await short.receive(), ended)
        await renewed.command(type="publish", channel="secret-e", data="missed")
        self.assertEqual((await renewed.receive())["data"], "missed")  # and so it has not ended
        self.assertEqual((await short.ask(type="ping", id=1))["type"], "pong")
        since = {"epoch": position["epoch"], "offset": position["offset"]}
        self.assertTrue((await self.subscribe(short, token("secret-e"), "secret-e", since=since))["recovered"])
        self.assertEqual((await short.expect("message"))["data"], "missed")

    async def test_it_does_not_keep_the_connection(self):
        client = await self.client(sub="ann", seconds=3)
        await self.subscribe(client, token("secret-o", seconds=600), "secret-o")
        self.assertEqual(await client.closed(), (4001, "token expired"))


class OtherKeysTest(unittest.IsolatedAsyncioTestCase):
    async def test_keys_that_change_end_nothing_and_open_by_the_new_ones_alone(self):
        with Server(config=CONFIG.format(SECRET)) as server:
            async with ChatClient(server) as old, ChatClient(server) as new:
                await old.enter()
                await new.enter()
                subscribe = {"type": "subscribe", "id": 1, "channel": "secret-a"}
                self.assertEqual((await old.ask(**subscribe, token=token()))["type"], "subscribed")

                another = "another" + SECRET
                (server.folder / "sentix.toml").write_text(CONFIG.format(another))
                server.child.send_signal(signal.SIGHUP)
                await eventually_async(lambda: "in force now: auth.jwt.secret" in server.log(), server.log)

                self.assertEqual((await new.ask(**subscribe, token=token()))["code"], "forbidden")
                shown = token(secret=another, publish=True)
                self.assertEqual((await new.ask(**subscribe, token=shown))["type"], "subscribed")
                await new.command(type="publish", channel="secret-a", data=1)
                self.assertEqual((await old.expect("message"))["data"], 1)

    async def test_without_keys_none_is_good(self):
        with Server() as server:
            async with ChatClient(server) as client:
                await client.enter()
                answer = await client.ask(type="subscribe", id=1, channel="a", token=token("a"))
                self.assertEqual(answer["code"], "forbidden")
                self.assertIn("auth.jwt is not set", answer["message"])


if __name__ == "__main__":
    unittest.main()
