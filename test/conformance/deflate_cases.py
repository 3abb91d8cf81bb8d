"""Compressed messages (RFC 7692 §6, §7.2): content, blocks, fragments, and what a receiver must refuse."""

import json
import random
import zlib
from typing import Callable, NamedTuple

from support.raw_client import BINARY, CONTINUATION, PING, PONG, TEXT

from cuts import ONCE, SMALL, framewise
from deflate_client import RSV1, Deflater, blocks, compressed, compressed_fragments, final_block
from table import (DATA, KNOWN, NAMES, NOTHING_YET, close, continuation, echoed, filler, fragments, gets, of,
                   pieces_of, ping, text)

OFFER = ("permessage-deflate",)
AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
PROTOCOL_ERROR, INVALID_PAYLOAD, MESSAGE_TOO_BIG = 1002, 1007, 1009
MESSAGE_BYTES_MAX = 1 << 20  # of the server that the cases are played against


class DeflateCase(NamedTuple):
    name: str
    section: str  # of RFC 7692, where it does not name another
    steps: list | Callable
    closes: int | None = None
    cuts: tuple = SMALL
    offers: tuple = OFFER  # the headers Sec-WebSocket-Extensions of the client
    answer: str | None = AGREED  # that of the server; None: no extension


def contents():
    """Kinds of content, of which each makes a payload of a size."""
    noise = random.Random(7692).randbytes(1 << 17)
    record = "".join(json.dumps({"id": n, "name": f"user{n * 7919 % 1000}", "on": n % 3 == 0}) for n in range(200))
    return {
        "JSON": (TEXT, lambda size: (record * (size // len(record) + 1))[:size].encode()),
        "text of every length of character": (TEXT, lambda size: filler(TEXT, size)),
        "one letter": (TEXT, lambda size: b"a" * size),
        "zeros": (BINARY, bytes),
        "noise": (BINARY, lambda size: noise[:size]),
        "a long period": (BINARY, lambda size: (noise[:30_000] * (size // 30_000 + 1))[:size]),
    }


def compressed_echo():
    """What is compressed comes back as it was, over sizes, kinds of content and ways to fragment."""
    deflate = Deflater()
    for kind, (opcode, make) in contents().items():
        for size in (0, 1, 16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072):
            payload = make(size)
            data = deflate(payload)
            yield DeflateCase(f"{kind}, {size} bytes", "7.2", [compressed(opcode, data), gets(opcode, payload)])
            yield DeflateCase(f"{kind}, {size} bytes, ten times", "7.2",
                              [compressed(opcode, data), gets(opcode, payload)] * 10, cuts=ONCE)
            for frame_bytes in (1, 100, 5000):
                if frame_bytes < len(data) <= frame_bytes * 1000:
                    frames = compressed_fragments(opcode, pieces_of(data, frame_bytes))
                    yield DeflateCase(f"{kind}, {size} bytes in {len(frames)} fragments", "6.1",
                                      [*frames, gets(opcode, payload)], cuts=ONCE)


def encodings():
    """Every form that the compressed data of a message may have."""
    for level in range(10):
        for strategy in ("Z_DEFAULT_STRATEGY", "Z_FILTERED", "Z_HUFFMAN_ONLY", "Z_RLE", "Z_FIXED"):
            payload = contents()["JSON"][1](3000)
            data = Deflater(level=level, strategy=getattr(zlib, strategy))(payload)
            yield DeflateCase(f"level {level}, {strategy}", "7.2.1", [compressed(TEXT, data), gets(TEXT, payload)],
                              cuts=ONCE)
    examples = {
        "one block": ("7.2.3.1", "f2 48 cd c9 c9 07 00", "Hello"),
        "no compression": ("7.2.3.3", "00 05 00 fa ff 48 65 6c 6c 6f 00", "Hello"),
        "BFINAL set": ("7.2.3.4", "f3 48 cd c9 c9 07 00 00", "Hello"),
        "two blocks": ("7.2.3.5", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00", "Hello"),
        "an empty message": ("7.2.3.6", "00", ""),
        "an empty message of two blocks": ("7.2.3.6", "00 00 00 ff ff 00", ""),
        "the tail not removed": ("7.2.1", "f2 48 cd c9 c9 07 00 00 00 ff ff 00", "Hello"),
        "BFINAL set, then another block": ("7.2.1", "f3 48 05 00 ca c9 c9 07 00", "Hello"),
        "an empty final block": ("7.2.3.4", "03 00 00", ""),
    }
    for name, (section, data, message) in examples.items():
        data = bytes.fromhex(data)
        for opcode in DATA:
            yield DeflateCase(f"{name}, {NAMES[opcode]}", section, [compressed(opcode, data), gets(opcode, message)])
        if len(data) > 1:
            for cut in range(len(data) + 1):
                frames = compressed_fragments(TEXT, [data[:cut], data[cut:]])
                yield DeflateCase(f"{name}, in fragments of {cut} and {len(data) - cut} bytes", "6.1",
                                  [*frames, gets(TEXT, message)], cuts=ONCE)
    for kind, (opcode, make) in contents().items():
        payload = make(20_000)
        for size in (100, 1000, 19_999):
            for flush in ("Z_SYNC_FLUSH", "Z_FULL_FLUSH", "Z_PARTIAL_FLUSH", "Z_BLOCK"):
                data = blocks(payload, size, getattr(zlib, flush))
                yield DeflateCase(f"{kind} in blocks of {size} bytes, {flush}", "7.2.3.5",
                                  [compressed(opcode, data), gets(opcode, payload)], cuts=ONCE)
        yield DeflateCase(f"{kind}, BFINAL set", "7.2.3.4",
                          [compressed(opcode, final_block(payload)), gets(opcode, payload)] * 2, cuts=ONCE)


def between_messages():
    """§6: each message is compressed or not by itself, and control frames never are."""
    hello = Deflater()(b"Hello, Hello, Hello")
    one = compressed(TEXT, hello)
    answer = gets(TEXT, "Hello, Hello, Hello")
    yield DeflateCase("an uncompressed message", "6", echoed(TEXT, "Hello"))
    yield DeflateCase("an uncompressed message in fragments", "6", [*fragments(TEXT, b"a", b"b"), gets(TEXT, "ab")])
    yield DeflateCase("compressed and uncompressed in turn", "6", [one, text("plain"), one, text("plain"), answer,
                                                                   gets(TEXT, "plain"), answer, gets(TEXT, "plain")])
    yield DeflateCase("uncompressed fragments behind a compressed message", "6.1",
                      [one, *fragments(TEXT, b"a", b"b"), answer, gets(TEXT, "ab")])
    yield DeflateCase("a ping between compressed fragments is answered at once", "6.1",
                      [compressed(TEXT, hello[:3], fin=False), ping("?"), gets(PONG, "?"), continuation(hello[3:]),
                       answer])
    yield DeflateCase("a fragment is not answered", "6.1",
                      [compressed(TEXT, hello[:-1], fin=False), NOTHING_YET, continuation(hello[-1:]), answer])
    yield DeflateCase("empty fragments", "6.1",
                      [compressed(TEXT, b"", fin=False), continuation(b"", fin=False), continuation(hello, fin=False),
                       continuation(), answer])
    yield DeflateCase("a ping of compressible content comes back uncompressed", "6",
                      [ping("a" * 125), gets(PONG, "a" * 125)])
    yield DeflateCase("a close frame between compressed fragments", "6",
                      [compressed(TEXT, hello[:3], fin=False), close(1000), continuation(hello[3:])], 1000)
    yield DeflateCase("a message may not refer to the one before", "7.1.1.2",
                      [compressed(TEXT, bytes.fromhex("f2 48 cd c9 c9 07 00")), gets(TEXT, "Hello"),
                       compressed(TEXT, bytes.fromhex("f2 00 11 00 00"))], INVALID_PAYLOAD)


def refused_data():
    hello = Deflater()(b"Hello")
    for opcode in KNOWN:
        if opcode not in DATA:
            yield DeflateCase(f"RSV1 on {NAMES[opcode]}", "6", [of(opcode, b"\x03\xe8", rsv=RSV1)], PROTOCOL_ERROR)
    yield DeflateCase("RSV1 on the second fragment too", "6.1",
                      [compressed(TEXT, hello[:3], fin=False), of(CONTINUATION, hello[3:], rsv=RSV1)], PROTOCOL_ERROR)
    yield DeflateCase("RSV1 on the second fragment only", "6.1",
                      [text("a", fin=False), of(CONTINUATION, hello, rsv=RSV1)], PROTOCOL_ERROR)
    yield DeflateCase("RSV1 on a ping between compressed fragments", "6",
                      [compressed(TEXT, hello[:3], fin=False), ping(rsv=RSV1)], PROTOCOL_ERROR)
    for rsv in (1, 2, 3, 5, 6, 7):
        for opcode in DATA:
            yield DeflateCase(f"{NAMES[opcode]} with reserved bits {rsv:03b}", "6", [of(opcode, hello, rsv=rsv)],
                              PROTOCOL_ERROR)
    broken = {
        "a reserved type of block": "07",
        "a stored block that is cut": "00 09 00 f6 ff 48 65 6c",
        "a stored block whose lengths differ": "00 05 00 00 00 48 65 6c 6c 6f 00",
        "a reference to nothing": "f2 00 11 00 00",
        "a reference beyond the beginning": "4b 04 23 00 00",
        "a code of too many lengths": "fc ff ff ff ff ff 00",
        "bad blocks behind a good one": "f2 48 cd c9 c9 07 00 00 00 ff ff 07",
    }
    for name, data in broken.items():
        data = bytes.fromhex(data)
        yield DeflateCase(name, "7.2.2", [compressed(BINARY, data)], INVALID_PAYLOAD)
        yield DeflateCase(f"{name}, in fragments of one byte", "7.2.2",
                          compressed_fragments(BINARY, pieces_of(data, 1)), INVALID_PAYLOAD)
    for payload in (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"abc\xe2\x82", b"x" * 5000 + b"\xf4\x90\x80\x80"):
        data = Deflater()(payload)
        yield DeflateCase(f"inflated text that is not UTF-8: {payload[-4:].hex(' ')}", "6.2",
                          [compressed(TEXT, data)], INVALID_PAYLOAD)
        yield DeflateCase(f"inflated binary that is not UTF-8: {payload[-4:].hex(' ')}", "6.2",
                          [compressed(BINARY, data), gets(BINARY, payload)])


def sizes():
    """The limit of a message is that of what comes out (RFC 6455 §10.4)."""
    for opcode, letter in ((TEXT, b"a"), (BINARY, b"\0")):
        for more in (-1, 0, 1, 100, 15 << 20):
            size = MESSAGE_BYTES_MAX + more
            data = Deflater()(letter * size)
            name = f"{NAMES[opcode]} of {len(data)} bytes that becomes {size}"
            if more <= 0:
                yield DeflateCase(name, "7.2.2", [compressed(opcode, data), gets(opcode, letter * size)], cuts=ONCE)
            else:
                yield DeflateCase(name, "8", [compressed(opcode, data)], MESSAGE_TOO_BIG, ONCE)
                yield DeflateCase(f"{name}, in fragments", "8", compressed_fragments(opcode, pieces_of(data, 97)),
                                  MESSAGE_TOO_BIG, ONCE)
    noise = random.Random(1).randbytes(MESSAGE_BYTES_MAX)
    yield DeflateCase("the largest message, which does not compress", "7.2.1",
                      [compressed(BINARY, Deflater()(noise)), gets(BINARY, noise)], cuts=(*ONCE, framewise))
