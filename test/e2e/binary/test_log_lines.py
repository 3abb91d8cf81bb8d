"""What the log says of clients: why each was refused or closed, in parts; never what it said, nor its secrets."""

import asyncio
import hashlib
import json
import signal
import socket
import unittest

import websockets

from command import CommandTest
from support.eventually import DEADLINE, eventually

TOKEN = "the-right-token-of-ann"
# Everything that a client says here and that no line may repeat.
SECRETS = {
    "query": "token-in-a-query",
    "bearer": "token-in-a-header",
    "credential": "token-in-a-command",
    "grant": "token-of-a-subscription",
    "data": "data-of-a-publication",
    "event": "data-of-an-event",
    "binary": "a-binary-message",
    "cookie": "a-cookie",
    "right": TOKEN,
}
CONFIG = f"""
max_message_bytes = "1KiB"
auth.enabled = true
auth.max_attempts = 1
[[auth.users]]
username = "ann"
token_sha256 = "{hashlib.sha256(TOKEN.encode()).hexdigest()}"
"""


class LogLines(CommandTest):
    def serve(self, *flags, config=""):
        self.write("sentix.toml", config)
        self.child = self.start("serve", "--port", 0, *flags)
        self.url = self.child.stdout.readline().split()[-1]
        self.address = ("127.0.0.1", int(self.url.rpartition(":")[2]))

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.assertEqual(self.child.wait(DEADLINE), 0)
        return self.read("stderr")

    def request(self, head):
        with socket.create_connection(self.address, DEADLINE) as client:
            client.sendall(head)
            answer = b""
            while got := client.recv(65536):
                answer += got
        return answer

    async def talk(self, *messages, path="/", **options):
        """Says everything, and hears until it is closed."""
        try:
            async with websockets.connect(self.url + path, open_timeout=DEADLINE, **options) as client:
                for message in messages:
                    await client.send(message if isinstance(message, bytes) else json.dumps(message))
                while True:
                    await asyncio.wait_for(client.recv(), DEADLINE)
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code

    def lines(self, reason):
        found = [json.loads(line) for line in self.read("stderr").splitlines() if f'"reason":"{reason}"' in line]
        return found

    def test_why_is_told_in_parts(self):
        self.serve("--log-format", "json", config='max_message_bytes = "1KiB"\n')
        code = asyncio.run(self.talk({"type": "publish", "channel": "a", "data": "x" * 2000}))
        self.assertEqual(code, 1009)
        eventually(lambda: self.lines("message_too_large"), lambda: self.read("stderr"))
        line = self.lines("message_too_large")[0]
        self.assertRegex(line["address"], r"\A127\.0\.0\.1:\d+\Z")
        self.assertRegex(line["connection"], r"\Ac[0-9a-f]+\Z")
        expected = {"level": "info", "code": 1009, "setting": "max_message_bytes", "limit": 1024}
        self.assertEqual({key: line[key] for key in expected}, expected)
        self.assertIn(line["sentence"], line["message"])
        for text in self.stop().splitlines():
            self.assertLessEqual({"time", "level", "message"}, json.loads(text).keys())

    def test_a_flood_of_one_reason_is_summed_up(self):
        self.serve("--log-format", "json", "--log-repeats", "3", "--max-clients", "1")

        async def fill():
            async with websockets.connect(self.url, open_timeout=DEADLINE):
                request = (
                    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
                )
                for _ in range(20):
                    answer = await asyncio.to_thread(self.request, request)
                    self.assertTrue(answer.startswith(b"HTTP/1.1 503 "), answer)

        asyncio.run(fill())
        self.stop()
        lines = self.lines("server_full")
        told = [line for line in lines if "connection" in line]
        summed = [line for line in lines if "lines" in line]
        self.assertEqual(len(told) + sum(line["lines"] for line in summed), 20)
        self.assertLess(len(told), 20)
        self.assertIn("more of them in 10 s: server_full (log_repeats is 3)", summed[0]["message"])

    def test_no_secret_and_no_payload_is_ever_in_it(self):
        for form in ("text", "json"):
            self.serve("--log-level", "debug", "--log-format", form, config=CONFIG)
            right = {"type": "authenticate", "credentials": {"username": "ann", "token": TOKEN}}
            wrong = {"type": "authenticate", "credentials": {"username": "ann", "token": SECRETS["credential"]}}
            publish = {"type": "publish", "channel": "a", "data": SECRETS["data"]}
            event = {"type": "event", "event": "typing", "channel": "a", "data": SECRETS["event"]}
            subscribe = {"type": "subscribe", "channel": "a", "token": SECRETS["grant"]}
            too_large = {"type": "publish", "channel": "a", "data": SECRETS["data"] * 100}
            talks = [
                self.talk(path="/?token=" + SECRETS["query"]),
                self.talk(extra_headers={"Authorization": "Bearer " + SECRETS["bearer"]}),
                self.talk(wrong, extra_headers={"Cookie": "session=" + SECRETS["cookie"]}),
                self.talk(right, subscribe, publish, event, SECRETS["binary"].encode()),
                self.talk(right, subscribe, too_large, path="/?token=" + TOKEN),
            ]

            async def all_of_them():
                return await asyncio.gather(*talks)

            self.assertEqual(asyncio.run(all_of_them()), [4001, 4001, 4001, 1003, 1009])
            self.request(f"GET /?token={SECRETS['query']} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            self.request(f"GET /{SECRETS['query']} nonsense\r\n\r\n".encode())
            logged = self.stop()
            self.assertIn("not_authenticated", logged)
            self.assertIn("message_too_large", logged)
            for name, secret in SECRETS.items():
                self.assertNotIn(secret, logged, name)

    def test_a_hostile_name_stays_in_its_field(self):
        name = 'ann","level":"error\\\u009b31m'  # U+009B begins what steers a terminal; TOML takes no control below it
        config = CONFIG.replace('"ann"', json.dumps(name))
        self.serve("--log-level", "debug", "--log-format", "json", config=config)
        login = {"type": "authenticate", "credentials": {"username": name, "token": TOKEN}}
        self.assertEqual(asyncio.run(self.talk(login, b"binary")), 1003)
        eventually(lambda: self.lines("unsupported_data"), lambda: self.read("stderr"))
        self.assertNotIn("\u009b", self.stop())
        (line,) = self.lines("unsupported_data")
        self.assertEqual((line["user"], line["level"]), ('ann","level":"error\\\\xc2\\x9b31m', "info"))


if __name__ == "__main__":
    unittest.main()
