"""Requests, messages and compressed messages that are too large, or made of too much."""

import struct
import unittest
import zlib

from support.attack import AttackTest
from support.raw_client import CONTINUATION, TEXT, RawClient, frame, request
from support.server import sanitizers

EACH = 10
LIMIT = 1 << 16
CONFIG = f"""
workers = 2
max_message_bytes = {LIMIT}
max_head_bytes = "4KiB"
max_header_line_bytes = "2KiB"
max_headers = 20
"""
HEADS = {
    "a long path": b"GET /" + b"a" * 100_000,
    "a long header": b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000,
    "many headers": b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 10_000,
    "headers that are long together": b"GET / HTTP/1.1\r\n" + (b"a: " + b"b" * 1000 + b"\r\n") * 100,
}
DEFLATE = {"sec_websocket_extensions": "permessage-deflate"}


def bomb(size):
    """A frame of a thousandth of the size that it has when it is decompressed."""
    deflate = zlib.compressobj(9, wbits=-15)
    data = deflate.compress(b'"' + b" " * size) + deflate.flush(zlib.Z_SYNC_FLUSH)
    return frame(TEXT, data.removesuffix(b"\x00\x00\xff\xff"), rsv=4)


MESSAGES = {
    "a header that announces 4 EiB": b"\x81\xff" + struct.pack(">Q", 1 << 62) + b"mask",
    "one byte too many": frame(TEXT, b"x" * (LIMIT + 1)),
    "fragments that are too large together": frame(TEXT, b"x" * 50_000, fin=False) + frame(CONTINUATION, b"x" * 50_000),
}


class Giants(AttackTest):
    def setUp(self):
        self.serve(config=CONFIG)
        self.before = self.server.rss_bytes()

    def tearDown(self):
        self.bystander.goes_on()
        if not sanitizers():
            self.assertLess(self.server.rss_bytes() - self.before, 16 << 20)

    def test_heads(self):
        for count, (name, head) in enumerate(HEADS.items()):
            with self.subTest(name):
                for _ in range(EACH):
                    client = self.attacker()
                    try:
                        client.send(head)
                    except ConnectionError:
                        continue  # it is lingered for only so long
                    self.assertEqual(client.receive_head()[0], 431)
                self.logs("head_too_large", EACH * (count + 1), code=431, setting="max_head_bytes", limit=4096)

    def test_messages(self):
        for name, data in MESSAGES.items():
            with self.subTest(name):
                for client in self.attackers(EACH):
                    client.send(data)
                    code, reason = client.receive_close()
                    self.assertEqual(code, 1009)
                    self.assertIn("max_message_bytes is 65536", reason)
        self.logs("message_too_large", EACH * len(MESSAGES), code=1009, setting="max_message_bytes", limit=LIMIT)

    def test_bombs(self):
        for part in (bomb(50 << 20), bomb(LIMIT + 1)):
            self.assertLess(len(part), LIMIT)
            for _ in range(EACH):
                client = self.attacker()
                client.upgrade("/", **DEFLATE)
                client.receive_deflated_frame()
                client.send(part)
                self.assertIn("max_message_bytes is 65536", self.close_reason(client))
        self.logs("message_too_large", 2 * EACH, setting="max_message_bytes", limit=LIMIT)

    @staticmethod
    def close_reason(client: RawClient):
        code, reason = client.receive_close()
        assert code == 1009, (code, reason)
        return reason

    def test_a_message_of_as_many_fragments_as_bytes(self):
        text = b'{"type":"ping","id":1}' + b" " * (LIMIT - 100)
        pieces = [frame(CONTINUATION, text[i : i + 1], fin=False) for i in range(1, len(text))]
        data = frame(TEXT, text[:1], fin=False) + b"".join(pieces) + frame(CONTINUATION)
        for client in self.attackers(3):
            client.send(data)
            client.expect("pong")

    def test_json_that_is_deep(self):
        (client,) = self.attackers(1)
        for _ in range(EACH):
            client.send(frame(TEXT, b'{"type":"ping","x":' + b"[" * 30_000 + b"]" * 30_000 + b"}"))
            self.assertEqual(client.expect("error")["code"], "bad_request")
        client.round_trip()


if __name__ == "__main__":
    unittest.main()
