"""Frames on the wire (RFC 6455 §5 to §8), against the echo service and a socket whose every byte the test chooses."""

import os
import struct
import unittest

from support.raw_client import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawClient,
    close_frame,
    frame,
)
from support.server import Server

MEBIBYTE = 1 << 20


class FramesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(command="echo"))

    def client(self):
        client = self.enterContext(RawClient(self.server))
        client.upgrade()
        return client


class Echo(FramesTest):
    def test_every_size_class_comes_back_unchanged(self):
        client = self.client()
        small = (0, 1, 125, 126, 127, 4096, 65534, 65535, 65536, 65537, 131072)
        for size in (*small, MEBIBYTE - 1, MEBIBYTE, 4 * MEBIBYTE + 3, 16 * MEBIBYTE):
            for opcode in (TEXT, BINARY):
                with self.subTest(size=size, opcode=opcode):
                    payload = os.urandom(size) if opcode == BINARY else b"\xc3\xa9a" * (size // 3) + b"." * (size % 3)
                    client.send(frame(opcode, payload))
                    self.assertTrue(client.receive_frame() == (opcode, payload))

    def test_messages_in_one_segment_come_back_in_order(self):
        client = self.client()
        payloads = [f"message {i}".encode() * i for i in range(64)]
        client.send(b"".join(frame(TEXT, payload) for payload in payloads))
        self.assertEqual([client.receive_frame() for _ in payloads], [(TEXT, payload) for payload in payloads])

    def test_one_byte_at_a_time(self):
        client = self.client()
        client.send_byte_by_byte(
            frame(TEXT, "größe".encode(), fin=False)
            + frame(PING, b"now")
            + frame(CONTINUATION, b"!" * 200)
            + frame(BINARY, b"\0" * 130)
        )
        self.assertEqual(client.receive_frame(), (PONG, b"now"))
        self.assertEqual(client.receive_frame(), (TEXT, "größe".encode() + b"!" * 200))
        self.assertEqual(client.receive_frame(), (BINARY, b"\0" * 130))

    def test_fragments_with_control_frames_in_between(self):
        client = self.client()
        pieces = [os.urandom(size) for size in (0, 1, 70_000, 125, 0, 40_000)]
        for i, piece in enumerate(pieces):
            opcode = BINARY if i == 0 else CONTINUATION
            data = frame(opcode, piece, fin=i == len(pieces) - 1)
            client.send(data + frame(PING, str(i).encode()) + frame(PONG, b"unasked"))
        # The message ends before the last ping comes.
        for i in range(len(pieces) - 1):
            self.assertEqual(client.receive_frame(), (PONG, str(i).encode()))
        self.assertTrue(client.receive_frame() == (BINARY, b"".join(pieces)))
        self.assertEqual(client.receive_frame(), (PONG, str(len(pieces) - 1).encode()))

    def test_a_code_point_cut_by_a_fragment(self):
        client = self.client()
        text = "a𝄞b".encode()
        for cut in range(len(text) + 1):
            client.send(frame(TEXT, text[:cut], fin=False) + frame(CONTINUATION, text[cut:]))
            self.assertEqual(client.receive_frame(), (TEXT, text))

    def test_a_client_that_reads_slowly_gets_everything(self):
        client = self.enterContext(RawClient(self.server, receive_buffer=8192))
        client.upgrade()
        other = self.client()
        count, payload = 64, os.urandom(100_000)
        client.socket.setblocking(False)
        to_send = memoryview(b"".join(frame(BINARY, payload) for _ in range(count)))
        received, expected = bytearray(), count * (10 + len(payload))
        while len(received) < expected:
            # As much as goes in, and only a little out, so that the server has to stop reading.
            try:
                while to_send:
                    to_send = to_send[client.socket.send(to_send) :]
            except BlockingIOError:
                pass
            other.send(frame(PING, b"still there?"))
            self.assertEqual(other.receive_frame(), (PONG, b"still there?"))
            try:
                for _ in range(20):
                    received += client.socket.recv(16384)
            except BlockingIOError:
                pass
        head = bytes([0x80 | BINARY, 127]) + len(payload).to_bytes(8, "big")
        self.assertTrue(received == (head + payload) * count)


class Violations(FramesTest):
    def check(self, data, code, reason=None):
        """Sends `data`, and more behind it, and expects to be failed with `code`."""
        client = self.client()
        client.send(data)
        client.send(frame(TEXT, b"not looked at any more") * 3)
        closed = client.receive_ending()
        self.assertEqual(closed[0], code, closed)
        if reason:
            self.assertEqual(closed[1], reason)

    def test_each_violation_has_its_code_and_reason(self):
        table = {
            "unmasked": (frame(TEXT, b"x", mask=False), 1002, "a client must mask its frames"),
            "rsv1": (frame(TEXT, b"x", rsv=4), 1002, "a reserved bit is set without an extension that defines it"),
            "rsv2": (frame(TEXT, b"x", rsv=2), 1002, None),
            "rsv3": (frame(PING, b"x", rsv=1), 1002, None),
            "long ping": (frame(PING, b"x" * 126), 1002, "a control frame carries at most 125 bytes"),
            "fragmented ping": (frame(PING, b"x", fin=False), 1002, "a control frame must not be fragmented"),
            "16 bits for a short length": (frame(TEXT, b"x" * 125, length_bytes=2), 1002, None),
            "64 bits for a short length": (frame(TEXT, b"x" * 65535, length_bytes=8), 1002, None),
            "a length above 63 bits": (frame(TEXT, length=1 << 63), 1002, None),
            "continuation of nothing": (
                frame(CONTINUATION, b"x"),
                1002,
                "a continuation frame without a message to continue",
            ),
            "text inside text": (frame(TEXT, b"x", fin=False) + frame(TEXT, b"y"), 1002, None),
            "text not UTF-8": (frame(TEXT, b"\xff"), 1007, "a text message is not valid UTF-8"),
            "text with half a code point": (frame(TEXT, b"\xe2\x82"), 1007, None),
            "fragmented text not UTF-8": (
                frame(TEXT, b"ok", fin=False) + frame(CONTINUATION, b"\xed\xa0\x80"),
                1007,
                None,
            ),
            "close of one byte": (frame(CLOSE, b"\x03"), 1002, "the payload of a close frame is a single byte"),
            "close reason not UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), 1007, None),
            "a frame that is too large": (
                frame(BINARY, length=(64 << 20) + 1),
                1009,
                "the frame is larger than this end accepts: max_message_bytes is 67108864",
            ),
        }
        for name, (data, code, reason) in table.items():
            with self.subTest(name):
                self.check(data, code, reason)

    def test_every_reserved_opcode(self):
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
            with self.subTest(opcode):
                self.check(frame(opcode, b"x"), 1002, "the opcode is reserved")

    def test_text_fails_inside_its_frame(self):
        """The frame never ends, and neither a fragment nor the connection's silence is needed to tell."""
        for size in (10, 5_000, 200_000):
            with self.subTest(size):
                client = self.client()
                client.send(frame(TEXT, b"a" * size + b"\xc0\xaf", mask=b"\1\2\3\4", length=size + 1_000_000))
                self.assertEqual(client.receive_ending()[0], 1007)

    def test_a_violation_after_messages_leaves_their_answers(self):
        client = self.client()
        client.send(frame(TEXT, b"first") + frame(BINARY, b"second") + frame(TEXT, b"\xff"))
        self.assertEqual(client.receive_frame(), (TEXT, b"first"))
        self.assertEqual(client.receive_frame(), (BINARY, b"second"))
        self.assertEqual(client.receive_ending()[0], 1007)


class Closing(FramesTest):
    def test_valid_codes_are_repeated(self):
        for code in (1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3999, 4000, 4999):
            with self.subTest(code):
                client = self.client()
                client.send(close_frame(code, "bye"))
                self.assertEqual(client.receive_ending()[0], code)

    def test_no_code_is_answered_with_none(self):
        client = self.client()
        client.send(frame(CLOSE))
        self.assertEqual(client.receive_ending(), (1005, ""))

    def test_codes_that_must_not_be_sent(self):
        for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535):
            with self.subTest(code):
                client = self.client()
                client.send(close_frame(code))
                self.assertEqual(client.receive_ending()[0], 1002)

    def test_the_server_ends_the_stream_first(self):
        """receive_ending() returned, although this end of the stream is still open."""
        client = self.client()
        client.send(close_frame(1000))
        self.assertEqual(client.receive_ending()[0], 1000)
        client.send(frame(TEXT, b"into the void"))

    def test_what_follows_a_close_frame_is_not_looked_at(self):
        client = self.client()
        client.send(frame(TEXT, b"before") + close_frame(1000) + frame(TEXT, b"after") + frame(3, b"nonsense"))
        self.assertEqual(client.receive_frame(), (TEXT, b"before"))
        self.assertEqual(client.receive_ending()[0], 1000)

    def test_closing_inside_a_fragmented_message(self):
        client = self.client()
        client.send(frame(TEXT, b"never finished", fin=False) + close_frame(1001))
        self.assertEqual(client.receive_ending()[0], 1001)


class MessageLimit(unittest.TestCase):
    """The limit is the message's, over all its fragments, and is checked from the header alone."""

    LIMIT = 1000

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("--max-message-bytes", cls.LIMIT, command="echo"))

    def client(self):
        client = self.enterContext(RawClient(self.server))
        client.upgrade()
        return client

    def test_as_large_as_allowed(self):
        client = self.client()
        client.send(frame(TEXT, b"x" * 999, fin=False) + frame(CONTINUATION, b"y"))
        self.assertEqual(client.receive_frame(), (TEXT, b"x" * 999 + b"y"))
        client.send(frame(BINARY, b"z" * self.LIMIT))
        self.assertEqual(client.receive_frame(), (BINARY, b"z" * self.LIMIT))

    def test_the_header_of_one_frame_is_enough(self):
        client = self.client()
        client.send(struct.pack(">BBHI", 0x80 | TEXT, 0x80 | 126, self.LIMIT + 1, 0))
        self.assertEqual(client.receive_ending()[0], 1009)

    def test_the_header_of_the_fragment_that_is_too_much(self):
        client = self.client()
        client.send(frame(TEXT, b"x" * self.LIMIT, fin=False))
        client.send(struct.pack(">BBI", 0x80 | CONTINUATION, 0x81, 0))
        reason = "the message is larger than this end accepts: max_message_bytes is 1000"
        self.assertEqual(client.receive_ending(), (1009, reason))


if __name__ == "__main__":
    unittest.main()
