"""Every command, event and error of sentix protocol 1, through python3-websockets."""

import asyncio
import json
import unittest

from support.chat_client import ChatClient
from support.server import Server

CONFIG = """
max_message_bytes = "64KiB"

[channels."log-*"]
persistent = true
history_size = 5

[channels.small]
max_clients = 1

[channels.room]
presence = true
presence_grace = 0

[channels.lounge]
presence = true
presence_grace = "1s"

[channels.news]
publish = "server"

[channels.letterbox]
publish = "anyone"

[channels."closed-*"]
auto_create = false

[channels.secret]
private = true

[channels.members]
auth = true
"""


class WireTest(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(config=CONFIG))

    async def client(self, **options):
        client = await self.enterAsyncContext(ChatClient(self.server, **options))
        return await client.enter()

    async def clients(self, count):
        return [await self.client() for _ in range(count)]

    async def check_error(self, client, code, **command):
        answer = await client.ask(**command)
        self.assertEqual((answer["type"], answer["code"]), ("error", code), answer)
        self.assertTrue(answer["message"])
        self.assertEqual(answer.get("id"), command.get("id"))
        return answer

    async def check_silence(self, client):
        """Nothing is on its way to the client."""
        self.assertEqual(await client.ask(type="ping", id="silence"), {"type": "pong", "id": "silence"})


class Basics(WireTest):
    async def test_welcome_is_the_first_message(self):
        first, second = await self.clients(2)
        self.assertEqual({**first.welcome, "connection": None}, {"type": "welcome", "connection": None, "protocol": 1})
        self.assertNotEqual(first.welcome["connection"], second.welcome["connection"])

    async def test_a_publication_reaches_its_subscribers(self):
        alice, bob, carol = await self.clients(3)
        self.assertEqual(await alice.subscribe("general"), {"type": "subscribed", "id": 1, "channel": "general"})
        await bob.subscribe("general")
        await carol.subscribe("another")
        self.assertEqual(
            await alice.ask(type="publish", id=2, channel="general", data={"text": "hi"}),
            {"type": "published", "id": 2, "channel": "general"},
        )
        message = {"type": "message", "channel": "general", "data": {"text": "hi"}}
        self.assertEqual(await alice.receive(), message)
        self.assertEqual(await bob.receive(), message)
        await self.check_silence(carol)

        self.assertEqual(
            await bob.ask(type="unsubscribe", id=3, channel="general"),
            {"type": "unsubscribed", "id": 3, "channel": "general"},
        )
        await alice.command(type="publish", channel="general", data=2)
        self.assertEqual((await alice.receive())["data"], 2)
        await self.check_silence(bob)

    async def test_without_an_id_only_errors_are_answered(self):
        client = await self.client()
        await client.command(type="subscribe", channel="quiet")
        await client.command(type="publish", channel="quiet", data=1)
        self.assertEqual((await client.receive())["type"], "message")
        await client.command(type="ping")
        await client.command(type="event", event="typing", channel="quiet")
        await client.command(type="unsubscribe", channel="quiet")
        await client.command(type="unsubscribe", channel="quiet")
        answer = await client.expect("error")
        self.assertEqual((answer["code"], "id" in answer), ("not_subscribed", False))
        await self.check_silence(client)

    async def test_ids_come_back_as_written(self):
        client = await self.client()
        strings = ('"a"', '""', '"\\u00e9\\n"', '"é𝄞"', '"' + "x" * 64 + '"')
        integers = ("0", "-0", "-1", "9223372036854775807", "-9223372036854775808")
        for request_id in strings + integers:
            with self.subTest(request_id):
                await client.send_text('{"type":"ping","id":%s}' % request_id)
                self.assertEqual(await client.receive_text(), '{"type":"pong","id":%s}' % request_id)
        too_large = ('"' + "x" * 65 + '"', "-9223372036854775809", "18446744073709551616")
        for request_id in ("1.5", "1e3", "null", "true", "[1]", "{}", *too_large):
            with self.subTest(request_id):
                await client.send_text('{"type":"ping","id":%s}' % request_id)
                answer = await client.expect("error")
                self.assertEqual((answer["code"], "id" in answer), ("bad_request", False))

    async def test_data_arrives_byte_for_byte(self):
        client, other = await self.clients(2)
        for each in (client, other):
            await each.subscribe("bytes")
            await each.subscribe("log-bytes")
        values = (
            "null",
            "-0.0",
            "1.00e+2",
            "123456789012345678901234567890.5",
            '"\\u00e9 \\/ é 𝄞 \\ud834\\udd1e"',
            '{ "b" : 1,\t"a":2 , "a" : [ ] }',
            "[1,  2,\n3]",
            '{"type":"message","id":1}',
            "[" * 60 + "]" * 60,
            '"' + "x" * 60_000 + '"',
        )
        for channel in ("bytes", "log-bytes"):
            for value in values:
                with self.subTest(channel=channel, value=value[:40]):
                    await client.send_text('{"type":"publish","channel":"%s","data": %s }' % (channel, value))
                    for each in (client, other):
                        text = await each.receive_text()
                        self.assertIn('"data":' + value, text)
                        json.loads(text)

    async def test_one_order_for_all_across_workers(self):
        clients = await self.clients(8)
        for client in clients:
            await client.subscribe("order")
        for i in range(100):
            for client in clients[:4]:
                await client.command(type="publish", channel="order", data=[clients.index(client), i])
        seen = [[(await client.receive())["data"] for _ in range(400)] for client in clients]
        self.assertTrue(all(one == seen[0] for one in seen))
        for publisher in range(4):
            self.assertEqual([i for who, i in seen[0] if who == publisher], list(range(100)))

    async def test_published_replies_come_in_order(self):
        client = await self.client()
        for i in range(200):
            await client.command(type="publish", id=i, channel="letterbox", data=i)
        self.assertEqual([(await client.expect("published"))["id"] for _ in range(200)], list(range(200)))

    async def test_subscribing_again_tells_where_things_stand(self):
        client = await self.client()
        first = await client.subscribe("log-again")
        self.assertEqual(await client.subscribe("log-again"), first)
        await client.command(type="publish", channel="log-again", data=1)
        self.assertEqual((await client.receive())["offset"], first["offset"] + 1)
        await self.check_silence(client)


class Pings(WireTest):
    async def test_both_levels(self):
        client = await self.client()
        self.assertEqual(await client.ask(type="ping", id=8), {"type": "pong", "id": 8})
        await (await client.socket.ping(b"payload of a ping"))
        await client.socket.pong(b"nobody asked")
        await self.check_silence(client)


class Errors(WireTest):
    async def test_what_is_no_command(self):
        client = await self.client()
        for text in (
            "",
            "null",
            "[]",
            '"ping"',
            "{",
            "{}",
            '{"type":1}',
            '{"type":"ping"} {}',
            '{"type":"ping",}',
            "{'type':'ping'}",
            '{"type":"ping","id":1,"id":1}',
            '{"type":"ping","\\u0069d":1}',
            '{"type":"publish","channel":"c","data":nul}',
            '{"type":"publish","channel":"c","data":[1 2]}',
            '{"type":"publish","channel":"c","data":01}',
            '{"type":"publish","channel":"c","data":"\\x"}',
            '{"type":"publish","channel":"c","data":"\t"}',
            '{"type":"publish","channel":"c","data":"\\ud800"}',
            '{"type":"publish","channel":"c","data":1',
            '{"type":"publish","channel":"c","data":%s}' % ("[" * 70 + "]" * 70),
        ):
            with self.subTest(text[:60]):
                await client.send_text(text)
                answer = await client.expect("error")
                self.assertEqual(answer["code"], "bad_request")
        await self.check_silence(client)

    async def test_what_a_key_must_be(self):
        client = await self.client()
        for command in (
            {"type": "subscribe"},
            {"type": "subscribe", "channel": ""},
            {"type": "subscribe", "channel": "a b"},
            {"type": "subscribe", "channel": "x" * 201},
            {"type": "subscribe", "channel": 1},
            {"type": "subscribe", "channel": "c", "since": 1},
            {"type": "subscribe", "channel": "c", "since": {"epoch": "e"}},
            {"type": "subscribe", "channel": "c", "since": {"epoch": "e", "offset": -1}},
            {"type": "publish", "channel": "c"},
            {"type": "publish", "channel": "c", "data": 1, "key": ""},
            {"type": "publish", "channel": "c", "data": 1, "key": "k" * 65},
            {"type": "event", "channel": "c"},
            {"type": "event", "event": ""},
            {"type": "history", "channel": "c", "limit": 0},
            {"type": "history", "channel": "c", "reverse": 1},
            {"type": "authenticate"},
            {"type": "authenticate", "credentials": "token"},
        ):
            with self.subTest(command):
                await self.check_error(client, "bad_request", id=5, **command)
        await client.subscribe("x" * 200)
        await client.subscribe("AZaz09_=@,.;:/#-")

    async def test_unknown_types_and_unknown_keys(self):
        client = await self.client()
        await self.check_error(client, "unknown_type", type="dance", id=1)
        await self.check_error(client, "unknown_type", type="welcome", id=1)
        self.assertEqual(await client.ask(type="ping", id=1, more=[1, {"a": 2}]), {"type": "pong", "id": 1})

    async def test_subscription_and_existence(self):
        client = await self.client()
        await self.check_error(client, "not_subscribed", type="publish", id=1, channel="elsewhere", data=1)
        await self.check_error(client, "not_subscribed", type="publish", id=1, channel="closed-1", data=1)
        await self.check_error(client, "not_subscribed", type="event", id=1, channel="elsewhere", event="e")
        await self.check_error(client, "not_subscribed", type="unsubscribe", id=1, channel="elsewhere")
        await self.check_error(client, "not_found", type="subscribe", id=1, channel="closed-1")
        await self.check_error(client, "not_found", type="history", id=1, channel="elsewhere")
        await self.check_error(client, "not_found", type="presence", id=1, channel="elsewhere")
        await self.check_error(client, "not_found", type="authenticate", id=1, credentials={})

    async def test_rights(self):
        client = await self.client()
        await client.subscribe("news")
        await self.check_error(client, "forbidden", type="publish", id=1, channel="news", data=1)
        await self.check_error(client, "forbidden", type="event", id=1, channel="news", event="e")
        await self.check_error(client, "forbidden", type="subscribe", id=1, channel="secret")
        await self.check_error(client, "forbidden", type="history", id=1, channel="secret")
        await self.check_error(client, "unauthenticated", type="subscribe", id=1, channel="members")
        self.assertEqual((await client.ask(type="publish", id=1, channel="letterbox", data=1))["type"], "published")

    async def test_a_full_channel(self):
        first, second = await self.clients(2)
        await first.subscribe("small")
        await self.check_error(second, "channel_full", type="subscribe", id=1, channel="small")
        await first.ask(type="unsubscribe", id=2, channel="small")
        await second.subscribe("small")

    async def test_too_many_subscriptions_and_channels(self):
        with Server("--max-subscriptions", 3, "--max-channels", 4) as server:
            async with ChatClient(server) as first, ChatClient(server) as second:
                await first.enter()
                await second.enter()
                for name in ("a", "b", "c"):
                    await first.subscribe(name)
                await self.check_error(first, "limit_exceeded", type="subscribe", id=1, channel="d")
                await second.subscribe("d")
                await self.check_error(second, "limit_exceeded", type="subscribe", id=1, channel="e")
                await second.subscribe("a")
                await first.ask(type="unsubscribe", id=1, channel="b")
                await second.subscribe("e")

    async def test_what_comes_too_fast_is_refused_and_harms_nobody(self):
        with Server("--rate-commands", 2, "--rate-commands-burst", 20) as server:
            async with ChatClient(server) as hasty, ChatClient(server) as patient:
                await hasty.enter()
                await patient.enter()
                for number in range(100):
                    await hasty.command(type="ping", id=number)
                answers = [await hasty.receive() for _ in range(100)]
                self.assertEqual([answer["id"] for answer in answers], list(range(100)))
                self.assertEqual({answer["type"] for answer in answers[:20]}, {"pong"})
                refused = [answer for answer in answers if answer["type"] == "error"]
                self.assertTrue(refused)
                self.assertEqual({answer["code"] for answer in refused}, {"rate_limited"})
                self.assertIn("rate.commands is 2 a second", refused[0]["message"])
                await self.check_silence(patient)
                while (await hasty.ask(type="ping", id="later"))["type"] != "pong":
                    await asyncio.sleep(0.1)

    async def test_binary_is_closed_with_1003(self):
        client = await self.client()
        await client.send_text('{"type":"ping","id":1}')
        await client.socket.send(b"\x00")
        await client.expect("pong")
        self.assertEqual((await client.closed())[0], 1003)

    async def test_a_message_above_the_limit_is_closed_with_1009(self):
        client = await self.client()
        await client.socket.send("x" * (65536 + 1))
        self.assertEqual((await client.closed())[0], 1009)

    async def test_a_message_at_the_limit(self):
        client = await self.client()
        text = '{"type":"ping","id":1,"padding":"%s"}'
        await client.send_text(text % ("x" * (65536 - len(text % ""))))
        await client.expect("pong")


class History(WireTest):
    async def fill(self, client, channel, count):
        position = await client.subscribe(channel)
        for i in range(count):
            answer = await client.ask(type="publish", id=2, channel=channel, data=i)
            self.assertEqual(answer["offset"], position["offset"] + i + 1)
            self.assertEqual((await client.expect("message"))["offset"], answer["offset"])
        return position

    async def test_history(self):
        client = await self.client()
        position = await self.fill(client, "log-read", 7)
        epoch, base = position["epoch"], position["offset"]

        async def read(**options):
            answer = await client.ask(type="history", id=6, channel="log-read", **options)
            self.assertEqual((answer["type"], answer["id"]), ("history", 6))
            self.assertEqual((answer["epoch"], answer["offset"]), (epoch, base + 7))
            for message in answer["messages"]:
                self.assertEqual(message["offset"], base + 1 + message["data"])
            return [message["data"] for message in answer["messages"]]

        self.assertEqual(await read(), [2, 3, 4, 5, 6])
        self.assertEqual(await read(limit=2), [5, 6])
        self.assertEqual(await read(limit=100), [2, 3, 4, 5, 6])
        self.assertEqual(await read(since={"epoch": epoch, "offset": base + 4}), [4, 5, 6])
        self.assertEqual(await read(since={"epoch": epoch, "offset": base + 4}, limit=2), [4, 5])
        self.assertEqual(await read(limit=3, reverse=True), [6, 5, 4])
        self.assertEqual(await read(since={"epoch": epoch, "offset": base + 4}, reverse=True), [6, 5, 4])
        self.assertEqual(await read(since={"epoch": epoch, "offset": base + 4}, reverse=True, limit=2), [5, 4])
        self.assertEqual(await read(since={"epoch": epoch, "offset": base + 7}), [])

    async def test_history_needs_no_subscription_and_outlives_the_subscribers(self):
        client, reader = await self.clients(2)
        await self.fill(client, "log-outlives", 3)
        await client.ask(type="unsubscribe", id=1, channel="log-outlives")
        answer = await reader.ask(type="history", id=1, channel="log-outlives")
        self.assertEqual([message["data"] for message in answer["messages"]], [0, 1, 2])

    async def test_a_key_is_published_once(self):
        client = await self.client()
        await client.subscribe("log-key")
        first = await client.ask(type="publish", id=1, channel="log-key", data="once", key="k1")
        await client.expect("message")
        again = await client.ask(type="publish", id=1, channel="log-key", data="once", key="k1")
        self.assertEqual(again["offset"], first["offset"])
        await self.check_silence(client)

    async def test_recovery_sends_exactly_what_was_missed(self):
        publisher, reader = await self.clients(2)
        position = await reader.subscribe("log-missed")
        await reader.ask(type="unsubscribe", id=1, channel="log-missed")
        await publisher.subscribe("log-missed")
        for i in range(4):
            await publisher.command(type="publish", channel="log-missed", data=i)
            await publisher.expect("message")
        since = {"epoch": position["epoch"], "offset": position["offset"] + 1}
        answer = await reader.subscribe("log-missed", since=since)
        self.assertEqual((answer["recovered"], answer["offset"]), (True, position["offset"] + 4))
        await publisher.command(type="publish", channel="log-missed", data=4)
        got = [await reader.expect("message") for _ in range(4)]
        missed = [(message["offset"] - position["offset"], message["data"]) for message in got]
        self.assertEqual(missed, [(2, 1), (3, 2), (4, 3), (5, 4)])

    async def test_no_recovery_sends_nothing(self):
        publisher, reader = await self.clients(2)
        position = await self.fill(publisher, "log-lost", 7)
        for name, since in (
            ("too old", {"epoch": position["epoch"], "offset": position["offset"]}),
            ("another epoch", {"epoch": "another", "offset": position["offset"] + 7}),
            ("from the future", {"epoch": position["epoch"], "offset": position["offset"] + 100}),
        ):
            with self.subTest(name):
                self.assertEqual((await reader.subscribe("log-lost", since=since))["recovered"], False)
                await self.check_silence(reader)
                await reader.ask(type="unsubscribe", id=1, channel="log-lost")


class PresenceAndEvents(WireTest):
    async def test_join_and_leave(self):
        first, second, third = await self.clients(3)
        answer = await first.subscribe("room")
        self.assertEqual(len(answer["members"]), 1)
        answer = await second.subscribe("room")
        self.assertEqual(len(answer["members"]), 2)
        joined = await first.expect("join")
        self.assertEqual((joined["channel"], joined["member"]["connections"]), ("room", 1))
        self.assertIn(joined["member"], answer["members"])

        seen = await third.ask(type="presence", id=7, channel="room")
        self.assertEqual((seen["type"], seen["id"], seen["channel"]), ("presence", 7, "room"))
        self.assertEqual(sorted(map(str, seen["members"])), sorted(map(str, answer["members"])))

        await second.ask(type="unsubscribe", id=1, channel="room")
        left = await first.expect("leave")
        self.assertEqual(left["member"]["user"], joined["member"]["user"])
        await second.subscribe("room")
        await first.expect("join")
        await second.socket.close()
        await first.expect("leave")
        self.assertEqual(len((await third.ask(type="presence", id=7, channel="room"))["members"]), 1)

    async def test_a_reconnect_within_the_grace_is_silent(self):
        watcher, first, second = await self.clients(3)
        await watcher.subscribe("lounge")
        for client in (first, second):
            await client.subscribe("lounge")
            await watcher.expect("join")
        await first.expect("join")  # of the second
        await first.ask(type="unsubscribe", id=1, channel="lounge")
        await first.subscribe("lounge")
        await second.ask(type="unsubscribe", id=1, channel="lounge")
        # Were the leave of the first told, it would come before that of the second.
        gone = (await watcher.expect("leave"))["member"]["user"]
        counted = await watcher.ask(type="presence", id=2, channel="lounge", count=True)
        self.assertEqual((counted["count"], "members" in counted), (2, False))
        here = await watcher.ask(type="presence", id=3, channel="lounge")
        self.assertNotIn(gone, [member["user"] for member in here["members"]])

    async def test_presence_of_a_channel_without(self):
        client = await self.client()
        await client.subscribe("general")
        await self.check_error(client, "not_found", type="presence", id=1, channel="general")

    async def test_an_event_reaches_the_others(self):
        sender, other = await self.clients(2)
        await sender.subscribe("log-events")
        await other.subscribe("log-events")
        self.assertEqual(
            await sender.ask(type="event", id=5, event="typing", channel="log-events", data={"a": 1}),
            {"type": "ok", "id": 5},
        )
        self.assertEqual(
            await other.receive(),
            {
                "type": "event",
                "event": "typing",
                "channel": "log-events",
                "data": {"a": 1},
                "from": sender.welcome["connection"],
            },
        )
        await self.check_silence(sender)
        self.assertEqual((await other.ask(type="history", id=1, channel="log-events"))["messages"], [])

    async def test_an_event_without_a_channel_is_for_the_server(self):
        client = await self.client()
        self.assertEqual(await client.ask(type="event", id="e", event="anything", data=[]), {"type": "ok", "id": "e"})


class Subprotocol(WireTest):
    async def test_it_is_selected_where_offered(self):
        ours = "sentix.v1"
        for offered, selected in (([ours], ours), (["other", ours], ours), (["other"], None), (None, None)):
            with self.subTest(offered):
                client = await self.client(subprotocols=offered)
                self.assertEqual(client.socket.subprotocol, selected)


if __name__ == "__main__":
    unittest.main()
