"""permessage-deflate (RFC 7692): negotiated with python3-websockets, and held against Python's zlib on a raw socket."""

import asyncio
import json
import os
import unittest
import zlib

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from support.chat_client import ChatClient
from support.eventually import DEADLINE
from support.raw_client import BINARY, CONTINUATION, PING, PONG, TEXT, RawClient, frame, request
from support.server import Server, sanitizers

TAIL = b"\x00\x00\xff\xff"
PLAIN = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
RSV1 = 4
TAKEOVER = ("--deflate-server-context-takeover", "--deflate-client-context-takeover")


def text(size):
    """JSON that repeats itself a good deal."""
    line = "".join(json.dumps({"channel": f"room-{i % 7}", "number": i * 7919}) for i in range(100))
    return (line * (size // len(line) + 1))[:size]


def deflated(data, window_bits=15, strategy=zlib.Z_DEFAULT_STRATEGY):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -window_bits, 8, strategy)
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)


def inflated(data, window_bits=15):
    return zlib.decompressobj(-window_bits).decompress(data + TAIL)


class Echo(unittest.IsolatedAsyncioTestCase):
    """Everything comes back, by a client that others wrote, however the two agreed."""

    SIZES = (0, 1, 125, 255, 256, 1000, 65_535, 65_536, 300_000)

    async def check(self, server, sizes=SIZES, **offer):
        extensions = [ClientPerMessageDeflateFactory(**offer)]
        async with websockets.connect(server.url, compression=None, extensions=extensions, max_size=None) as client:
            for size in sizes:
                for message in (text(size), os.urandom(size)):
                    await client.send(message)
                    self.assertEqual(await asyncio.wait_for(client.recv(), DEADLINE), message)
                whole = text(size)
                await client.send([whole[begin : begin + 777] for begin in range(0, size, 777)] or [""])
                self.assertEqual(await asyncio.wait_for(client.recv(), DEADLINE), whole)
            return client.response_headers["Sec-WebSocket-Extensions"]

    async def test_without_context_takeover(self):
        with Server(command="echo") as server:
            self.assertEqual(await self.check(server), PLAIN)
            self.assertEqual(await self.check(server, client_max_window_bits=9), PLAIN)
            for bits in range(9, 16):
                answer = await self.check(server, sizes=(1000, 70_000), server_max_window_bits=bits)
                self.assertEqual(answer, f"{PLAIN}; server_max_window_bits={bits}")

    async def test_with_context_takeover(self):
        with Server(*TAKEOVER, command="serve") as server:
            async with ChatClient(server, compression="deflate") as client:
                await client.enter()
                self.assertEqual(client.socket.response_headers["Sec-WebSocket-Extensions"], "permessage-deflate")
                await client.subscribe("a")
                for size in (1, 300, 300, 300, 70_000, 5_000, 300):
                    await client.command(type="publish", channel="a", data=text(size))
                    self.assertEqual((await client.expect("message"))["data"], text(size))

    async def test_not_at_all(self):
        for server in (Server("--no-deflate", command="echo"), Server("--deflate-enabled=false")):
            with server, RawClient(server) as client:
                headers = client.upgrade(sec_websocket_extensions="permessage-deflate")
                self.assertNotIn("sec-websocket-extensions", headers)


class Channels(unittest.IsolatedAsyncioTestCase):
    async def test_subscribers_with_every_window_and_without_get_the_same(self):
        windows = [{"server_max_window_bits": bits} for bits in (9, 12, 15)]
        offers = [None, {}, *windows, {"server_no_context_takeover": True}]
        for flags in ((), TAKEOVER):
            with self.subTest(flags), Server("--workers", 2, *flags) as server:
                clients = []
                for offer in offers * 4:
                    extensions = None if offer is None else [ClientPerMessageDeflateFactory(**offer)]
                    client = await self.enterAsyncContext(ChatClient(server, extensions=extensions))
                    clients.append(await client.enter())
                for client in clients:
                    await client.subscribe("news")
                sizes = (10, 256, 3_000, 100_000, 3_000)
                for size in sizes:
                    await clients[size % len(clients)].command(type="publish", channel="news", data=text(size))
                for client in clients:
                    lengths = [len((await client.expect("message"))["data"]) for _ in sizes]
                    self.assertEqual(sorted(lengths), sorted(sizes))


class Bytes(unittest.TestCase):
    """What goes over the wire, by Python's zlib."""

    LIMIT = 1 << 20

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("--max-message-bytes", cls.LIMIT, command="echo"))

    def client(self, offer="permessage-deflate; client_max_window_bits"):
        client = self.enterContext(RawClient(self.server))
        self.answer = client.upgrade(sec_websocket_extensions=offer).get("sec-websocket-extensions")
        return client

    def check_close(self, code, data, offer="permessage-deflate"):
        client = self.client(offer)
        client.send(data)
        self.assertEqual(client.receive_ending()[0], code)

    def test_long_messages_come_back_compressed_and_short_ones_as_they_are(self):
        client = self.client()
        for size in (1, 255, 256, 10_000, self.LIMIT):
            data = text(size).encode()
            client.send(frame(TEXT, deflated(data), rsv=RSV1))
            compressed, opcode, payload = client.receive_deflated_frame()
            self.assertEqual((compressed, opcode), (size >= 256, TEXT))
            self.assertEqual(inflated(payload) if compressed else payload, data)
            if compressed:
                self.assertLess(len(payload), size)

    def test_what_does_not_compress_comes_back_as_it_is(self):
        client = self.client()
        data = os.urandom(self.LIMIT)
        client.send(frame(BINARY, deflated(data), rsv=RSV1))
        self.assertEqual(client.receive_frame(), (BINARY, data))

    def test_the_window_that_was_asked_for_is_kept_to(self):
        for bits in (9, 12):
            client = self.client(f"permessage-deflate; server_max_window_bits={bits}")
            data = text(100_000).encode()
            client.send(frame(TEXT, data))
            compressed, _, payload = client.receive_deflated_frame()
            self.assertTrue(compressed)
            self.assertEqual(inflated(payload, bits), data)

    def test_every_message_stands_alone(self):
        client = self.client()
        for _ in range(3):
            client.send(frame(TEXT, text(1000).encode()))
            self.assertEqual(inflated(client.receive_deflated_frame()[2]), text(1000).encode())

    def test_the_first_offer_that_can_be_honoured_is_taken(self):
        for offer, answer in (
            ("permessage-deflate; server_max_window_bits=8", None),
            ("permessage-deflate; wrong, permessage-deflate", PLAIN),
            ("permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=\"11\"",
             f"{PLAIN}; server_max_window_bits=11"),
            ("x-webkit-deflate-frame", None),
        ):  # fmt: skip
            self.client(offer)
            self.assertEqual(self.answer, answer, offer)

    def test_a_malformed_list_is_refused(self):
        for offer in ("permessage-deflate;", "permessage-deflate; a=", 'a; b="c,d"', "a b", ";"):
            client = self.enterContext(RawClient(self.server))
            client.send(request(sec_websocket_extensions=offer))
            status, _, body = client.receive_response()
            self.assertEqual(status, 400)
            self.assertIn(b"Sec-WebSocket-Extensions", body)

    def test_fragments_cut_anywhere_with_pings_between_byte_by_byte(self):
        data = text(300).encode()
        compressed = deflated(data)
        for cut in (0, 1, len(compressed) // 2, len(compressed)):
            client = self.client()
            client.send_byte_by_byte(
                frame(TEXT, compressed[:cut], fin=False, rsv=RSV1)
                + frame(PING, b"between")
                + frame(CONTINUATION, compressed[cut:])
            )
            self.assertEqual(client.receive_frame(), (PONG, b"between"))
            self.assertEqual(inflated(client.receive_deflated_frame()[2]), data)

    def test_every_form_of_block(self):
        data = text(2000).encode()
        stored = zlib.compressobj(0, zlib.DEFLATED, -15)
        stored = (stored.compress(data) + stored.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)
        final = zlib.compressobj(9, zlib.DEFLATED, -15)
        final = final.compress(data) + final.flush(zlib.Z_FINISH) + b"\x00"
        for compressed in (stored, final, deflated(data, strategy=zlib.Z_FIXED), deflated(data, window_bits=9)):
            client = self.client()
            client.send(frame(TEXT, compressed, rsv=RSV1))
            self.assertEqual(inflated(client.receive_deflated_frame()[2]), data)

    def test_the_reserved_bits(self):
        good = deflated(b"hello")
        self.check_close(1002, frame(TEXT, good, rsv=RSV1), offer="")
        self.check_close(1002, frame(TEXT, good, rsv=RSV1 | 2))
        self.check_close(1002, frame(TEXT, good, rsv=1))
        self.check_close(1002, frame(PING, b"", rsv=RSV1))
        self.check_close(1002, frame(TEXT, good[:2], fin=False, rsv=RSV1) + frame(CONTINUATION, good[2:], rsv=RSV1))

    def test_what_cannot_be_decompressed(self):
        self.check_close(1007, frame(TEXT, b"\xff\xff\xff", rsv=RSV1))
        self.check_close(1007, frame(TEXT, deflated(text(1000).encode())[:-9], rsv=RSV1))
        self.check_close(1007, frame(TEXT, deflated(b"\xc3\x28"), rsv=RSV1))

    def test_a_bomb_is_refused_without_its_memory(self):
        bomb = deflated(bytes(512 << 20))
        self.assertLess(len(bomb), self.LIMIT)
        client = self.client()
        client.send(frame(TEXT, deflated(b"warm"), rsv=RSV1))
        client.receive_frame()
        before = self.server.rss_bytes()
        for _ in range(5):
            self.check_close(1009, frame(BINARY, bomb, rsv=RSV1))
        if not sanitizers():
            self.assertLess(self.server.rss_bytes() - before, 16 << 20)
        client.send(frame(TEXT, b"still here"))
        self.assertEqual(client.receive_frame(), (TEXT, b"still here"))

    def test_one_byte_too_many_is_too_large(self):
        client = self.client()
        client.send(frame(TEXT, deflated(bytes(self.LIMIT)), rsv=RSV1))
        self.assertEqual(inflated(client.receive_deflated_frame()[2]), bytes(self.LIMIT))
        self.check_close(1009, frame(TEXT, deflated(bytes(self.LIMIT + 1)), rsv=RSV1))


if __name__ == "__main__":
    unittest.main()
