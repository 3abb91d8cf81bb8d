"""The closing handshake (RFC 6455 §5.5.1, §7): codes, reasons, and what comes behind.

In every case the server must end its stream behind its close frame while this side still has its own open (§7.1.1),
also where it fails the connection.
"""

from support.raw_client import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT

from cuts import HEADERS
from table import Case, binary, close, continuation, echoed, filler, gets, of, ping, pong, text

NORMAL = 1000
PROTOCOL_ERROR = 1002
NO_STATUS = 1005  # a close frame without a code
INVALID_PAYLOAD = 1007

# §7.4.1 and the IANA registry that it founded; §7.4.2 for 3000 to 4999.
ALLOWED = (1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3001, 3333, 3999, 4000, 4001, 4444, 4999)
# §7.4.1: must not be set by an endpoint; §7.4.2: not used, or not defined.
FORBIDDEN = (0, 1, 2, 100, 999, 1004, 1005, 1006, 1015, 1016, 1017, 1100, 1999, 2000, 2001, 2999, 5000, 5001, 9999,
             32767, 32768, 65534, 65535)
REASONS = ("a", "going", "größe ≠ 𝄞", "\0", "\U0010ffff", "x" * 122, "x" * 123, "é" * 61, "𝄞" * 30 + "é.")
BAD_REASONS = (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"cut \xe2\x82", b"x" * 122 + b"\xc3",
               b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited")


def closing():
    yield from codes_and_reasons()
    yield from behind_a_close_frame()
    yield from at_any_time()


def codes_and_reasons():
    yield Case("an empty close frame", "5.5.1", [close()], NO_STATUS, HEADERS)
    yield Case("a close frame of one byte", "5.5.1", [of(CLOSE, b"\x03")], PROTOCOL_ERROR, HEADERS)
    for code in ALLOWED:
        yield Case(f"code {code} comes back", "7.4", [close(code)], code)
        yield Case(f"code {code} with a reason comes back", "7.4", [close(code, "a reason")], code)
    for code in FORBIDDEN:
        yield Case(f"code {code}", "7.4", [close(code)], PROTOCOL_ERROR)
        yield Case(f"code {code} with a reason", "7.4", [close(code, "a reason")], PROTOCOL_ERROR)
    for reason in REASONS:
        yield Case(f"a reason of {len(reason.encode())} bytes: {reason[:12]!r}", "5.5.1", [close(NORMAL, reason)],
                   NORMAL, HEADERS)
    for reason in BAD_REASONS:
        yield Case(f"a reason that is not UTF-8: {reason[-8:].hex(' ')}", "5.5.1", [close(NORMAL, reason)],
                   INVALID_PAYLOAD)
    for length in (124, 125, 65534):
        yield Case(f"a reason of {length} bytes, which is too long", "5.5", [close(NORMAL, "x" * length)],
                   PROTOCOL_ERROR)
    yield Case("a close frame that announces 126 bytes fails by its header", "5.5", [of(CLOSE, length=126)],
               PROTOCOL_ERROR, HEADERS)


def behind_a_close_frame():
    """§5.5.1: no data frames after a close frame; what comes is not looked at."""
    behind = {
        "a text": text("after"), "a binary message": binary("after"), "a ping": ping("after"),
        "a pong": pong("after"), "another close frame": close(1001), "a bad close frame": close(1005),
        "a reserved opcode": of(0x3), "reserved bits": text("after", rsv=7), "invalid UTF-8": text(b"\xff"),
        "a frame without a mask": text("after", mask=False), "half a header": text("after")[:1],
        "half a frame": text("after", length=100), "a large message": binary(filler(BINARY, 262_144)),
    }
    for name, data in behind.items():
        yield Case(f"{name} behind a close frame", "5.5.1", [close(NORMAL), data], NORMAL, HEADERS)
    for name, data in behind.items():
        yield Case(f"{name} behind a violation", "7.1.7", [of(0x3), data], PROTOCOL_ERROR)


def at_any_time():
    yield Case("a close frame as the first thing", "7.1.2", [close(NORMAL)], NORMAL, HEADERS)
    for opcode, answer in ((TEXT, TEXT), (BINARY, BINARY), (PING, PONG)):
        yield Case(f"what came before it is answered: opcode {opcode}", "5.5.1",
                   [of(opcode, b"before"), close(NORMAL), gets(answer, "before")], NORMAL, HEADERS)
    yield Case("a close frame behind a pong", "5.5.1", [pong("before"), close(NORMAL)], NORMAL)
    large = filler(BINARY, 262_144)
    yield Case("a large message before it comes back whole", "5.5.1",
               [binary(large), close(NORMAL), gets(BINARY, large)], NORMAL)
    yield Case("a hundred messages before it come back", "5.5.1",
               [*[text("before")] * 100, close(NORMAL), *[gets(TEXT, "before")] * 100], NORMAL)
    yield Case("a close frame inside of a fragmented message", "5.5.1",
               [text("never finished", fin=False), close(1001)], 1001, HEADERS)
    yield Case("a close frame after messages in fragments", "5.5.1",
               [text("a", fin=False), continuation("b"), gets(TEXT, "ab"), close(3000)], 3000)
    yield Case("a violation after messages leaves their answers", "7.1.7",
               [text("first"), binary("second"), text(b"\xff"), gets(TEXT, "first"), gets(BINARY, "second")],
               INVALID_PAYLOAD, HEADERS)
    yield Case("a close frame after an echo", "7.1.1", [*echoed(TEXT, "hello"), close(NORMAL)], NORMAL)
    yield Case("a continuation behind a close frame in a message", "5.5.1",
               [text("a", fin=False), close(NORMAL), of(CONTINUATION, b"b")], NORMAL, HEADERS)
