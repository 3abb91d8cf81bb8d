"""POST /api/publish: what a backend publishes reaches subscribers as it was written."""

import asyncio
import json
import unittest

from support.admin import AdminServer
from support.chat_client import ChatClient
from support.raw_client import RawClient

CONFIG = """
[channels.kept]
persistent = true
[channels.server-only]
publish = "server"
[channels.closed]
auto_create = false
[channels."members-*"]
private = true
"""


class PublishTest(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(AdminServer("--workers", 2, config=CONFIG))

    def receive(self, channel, bodies):
        """What subscribers on both workers get of `bodies`, as text."""

        async def run():
            async with ChatClient(self.server) as client:
                await client.enter()
                await client.subscribe(channel)
                answers = [await asyncio.to_thread(self.server.admin.post, "/api/publish", body) for body in bodies]
                return answers, [await client.receive_text() for _ in bodies]

        return asyncio.run(run())

    def test_data_arrives_byte_for_byte(self):
        data = [b'{"b":1.50, "a":\n[1e400,"\\u00e9\xc3\xa9"],"b":2}', b'"x"', b"null", b"-0.0"]
        bodies = [b'{"data":' + each + b',"channel":"general"}' for each in data]
        answers, messages = self.receive("general", bodies)
        self.assertEqual([(answer.status, answer.body) for answer in answers], [(200, b"{}")] * len(data))
        expected = ['{"type":"message","channel":"general","data":' + each.decode() + "}" for each in data]
        self.assertEqual(messages, expected)

    def test_a_channel_with_history_tells_offset_and_epoch(self):
        answers, messages = self.receive("kept", ['{"channel":"kept","data":1}', '{"channel":"kept","data":2}'])
        self.assertEqual([answer.json["offset"] for answer in answers], [1, 2])
        self.assertEqual([json.loads(message)["offset"] for message in messages], [1, 2])
        with RawClient(self.server) as client:
            client.enter()
            client.command(type="history", id=1, channel="kept")
            history = client.expect("history")
        self.assertEqual({answer.json["epoch"] for answer in answers}, {history["epoch"]})
        self.assertEqual([message["data"] for message in history["messages"]], [1, 2])

    def test_rights_of_clients_are_not_asked(self):
        for channel in ("server-only", "members-a"):
            self.assertEqual(self.server.admin.publish(channel, 1), {})

    def test_a_channel_that_cannot_be_is_not_found(self):
        answer = self.server.admin.post("/api/publish", {"channel": "server-none", "data": 1})
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.server.admin.publish("closed", 1), {})  # configured by name, so it is there

    def test_a_body_that_is_too_large_is_refused_before_it_is_sent(self):
        answer = self.server.admin.post("/api/publish", b"x" * (1 << 20) + b"x")
        self.assertEqual((answer.status, answer.json["code"]), (413, "too_large"))

    def test_chunks_are_refused(self):
        headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
        answer = self.server.admin.ask("POST", "/api/publish", headers=headers)
        self.assertEqual(answer.status, 411)


if __name__ == "__main__":
    unittest.main()
