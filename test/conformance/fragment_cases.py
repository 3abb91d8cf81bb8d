"""Fragmentation (RFC 6455 §5.4): messages in several frames, control frames between them, and what may not be."""

from support.raw_client import BINARY, CONTINUATION, PING, PONG, TEXT

from cuts import HEADERS, ONCE, SMALL
from table import (DATA, NAMES, NOTHING_YET, Case, binary, close, continuation, echoed, filler, fragments, gets, of,
                   pieces_of, ping, pong, text)

PROTOCOL_ERROR = 1002


def fragmentation():
    yield from whole_messages()
    yield from control_frames_in_between()
    yield from fragmented_control_frames()
    yield from wrong_continuations()


def whole_messages():
    for opcode in DATA:
        kind = NAMES[opcode]
        for pieces in (("a", "b"), ("", "b"), ("a", ""), ("", ""), ("", "", ""), ("", "a", ""), ("a", "", "b"),
                       ("fragment1", "fragment2"), tuple("one byte each")):
            message = "".join(pieces)
            yield Case(f"{kind} in {len(pieces)} fragments {pieces}", "5.4",
                       [*fragments(opcode, *map(str.encode, pieces)), gets(opcode, message)], cuts=HEADERS)
        for size in (124, 125, 126, 127, 128, 300):
            payload = filler(opcode, 3 * size)
            yield Case(f"{kind} in fragments of {size} bytes", "5.4",
                       [*fragments(opcode, *pieces_of(payload, size)), gets(opcode, payload)], cuts=HEADERS)
        for first, second in ((1, 65536), (65536, 1), (65535, 65536), (70_000, 70_000)):
            payload = filler(opcode, first + second)
            yield Case(f"{kind} in fragments of {first} and {second} bytes", "5.4",
                       [*fragments(opcode, payload[:first], payload[first:]), gets(opcode, payload)], cuts=HEADERS)
        yield Case(f"a fragment of {kind} is not answered", "5.4",
                   [of(opcode, b"a", fin=False), NOTHING_YET, continuation("b", fin=False), NOTHING_YET,
                    continuation("c"), gets(opcode, "abc")])
        yield Case(f"{kind} in fragments, twice", "5.4",
                   [*fragments(opcode, b"a", b"b"), *fragments(opcode, b"c", b"d"), gets(opcode, "ab"),
                    gets(opcode, "cd")], cuts=HEADERS)
        yield Case(f"{kind} in one frame behind {kind} in two", "5.4",
                   [*fragments(opcode, b"a", b"b"), of(opcode, b"c"), gets(opcode, "ab"), gets(opcode, "c")],
                   cuts=HEADERS)
    yield Case("a binary message in fragments behind a text in fragments", "5.4",
               [*fragments(TEXT, b"a", b"b"), *fragments(BINARY, b"\xff", b"\xfe"), gets(TEXT, "ab"),
                gets(BINARY, b"\xff\xfe")], cuts=HEADERS)
    yield Case("the opcode is that of the first fragment", "5.4",
               [binary("\0", fin=False), continuation("\0"), gets(BINARY, "\0\0"), text("t", fin=False),
                continuation("u"), gets(TEXT, "tu")])
    yield Case("each fragment has its own key", "5.3",
               [text("abcd", mask=b"\1\2\3\4", fin=False), continuation("efghi", mask=b"\5\6\7\x08", fin=False),
                continuation("j", mask=b"\xff\0\xff\0"), gets(TEXT, "abcdefghij")], cuts=HEADERS)


def control_frames_in_between():
    """§5.4: control frames may be injected in the middle of a fragmented message."""
    for opcode in DATA:
        kind = NAMES[opcode]
        yield Case(f"a ping between two fragments of {kind}", "5.4",
                   [of(opcode, b"a", fin=False), ping("?"), continuation("b"), gets(PONG, "?"), gets(opcode, "ab")],
                   cuts=HEADERS)
        yield Case(f"a ping between two fragments of {kind} is answered at once", "5.4",
                   [of(opcode, b"a", fin=False), ping("?"), gets(PONG, "?"), continuation("b"), gets(opcode, "ab")])
        yield Case(f"a pong between two fragments of {kind}", "5.4",
                   [of(opcode, b"a", fin=False), pong("unasked"), continuation("b"), gets(opcode, "ab")], cuts=HEADERS)
        yield Case(f"pings of 125 bytes between five fragments of {kind}", "5.4",
                   [of(opcode, b"1", fin=False), ping("a" * 125), continuation("2", fin=False), ping("b" * 125),
                    continuation("3", fin=False), ping("c" * 125), continuation("4", fin=False), ping("d" * 125),
                    continuation("5"), *(gets(PONG, letter * 125) for letter in "abcd"), gets(opcode, "12345")])
        yield Case(f"many pings between two fragments of {kind}", "5.4",
                   [of(opcode, b"a", fin=False), *[ping()] * 50, continuation("b"), *[gets(PONG)] * 50,
                    gets(opcode, "ab")])
        yield Case(f"a closing handshake between two fragments of {kind}", "5.5.1",
                   [of(opcode, b"a", fin=False), close(1000), continuation("b")], 1000, HEADERS)


def fragmented_control_frames():
    """§5.5: control frames must not be fragmented."""
    for opcode in (PING, PONG):
        kind = NAMES[opcode]
        yield Case(f"a {kind} in two fragments", "5.5", fragments(opcode, b"frag", b"ment"), PROTOCOL_ERROR, HEADERS)
        yield Case(f"an empty {kind} that is not the last fragment", "5.5", [of(opcode, fin=False)], PROTOCOL_ERROR,
                   HEADERS)
        yield Case(f"a fragment of a {kind} inside of a message", "5.5",
                   [text("a", fin=False), of(opcode, b"x", fin=False), continuation("b")], PROTOCOL_ERROR)
    yield Case("a close frame in two fragments", "5.5", [close(1000, fin=False), continuation()], PROTOCOL_ERROR,
               HEADERS)


def wrong_continuations():
    for fin in (True, False):
        last = "last" if fin else "not the last"
        for payload in (b"", b"nothing to continue"):
            yield Case(f"a continuation of nothing, {last}, {len(payload)} bytes", "5.4",
                       [continuation(payload, fin=fin), text("more")], PROTOCOL_ERROR, HEADERS)
        yield Case(f"a continuation, {last}, of a message that has ended", "5.4",
                   [*fragments(TEXT, b"a", b"b"), continuation("c", fin=fin), gets(TEXT, "ab")], PROTOCOL_ERROR,
                   HEADERS)
        yield Case(f"a continuation, {last}, of a message in one frame", "5.4",
                   [text("a"), continuation("b", fin=fin), gets(TEXT, "a")], PROTOCOL_ERROR, HEADERS)
        yield Case(f"a continuation of nothing, {last}, behind a ping", "5.4",
                   [ping("?"), continuation("b", fin=fin), gets(PONG, "?")], PROTOCOL_ERROR)
        yield Case(f"a continuation of nothing, {last}, again and again", "5.4",
                   [continuation("a", fin=False), text("b", fin=False), continuation("c", fin=fin)] * 2,
                   PROTOCOL_ERROR, SMALL)
        for first in DATA:
            for second in DATA:
                yield Case(f"{NAMES[second]}, {last}, inside of {NAMES[first]}", "5.4",
                           [of(first, b"a", fin=False), of(second, b"b", fin=fin), continuation("c")], PROTOCOL_ERROR,
                           HEADERS)
    yield Case("a message inside of a message, behind a ping", "5.4",
               [text("a", fin=False), ping("?"), text("b"), gets(PONG, "?")], PROTOCOL_ERROR, HEADERS)


def automatic_fragmentation():
    """Messages that a library has fragmented by itself: all frames but the last of one size."""
    for opcode in DATA:
        for size, frame_bytes in ((65536, 1300), (65536, 1), (65536, 65535), (131_072, 4096), (100_000, 7)):
            def steps(opcode=opcode, size=size, frame_bytes=frame_bytes):
                payload = filler(opcode, size)
                return [*fragments(opcode, *pieces_of(payload, frame_bytes)), gets(opcode, payload)]

            yield Case(f"{NAMES[opcode]} of {size} bytes in frames of {frame_bytes}", "5.4", steps, cuts=ONCE)
