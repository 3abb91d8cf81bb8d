"""Frames, their lengths and masks, pings and pongs, reserved bits and opcodes (RFC 6455 §5)."""

from support.raw_client import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT

from cuts import HEADERS, ONCE, SMALL, chopped, framewise
from table import (DATA, KNOWN, NAMES, NOTHING_YET, RESERVED, Case, binary, close, echoed, filler, gets, of, ping, pong,
                   text)

# Around every boundary of the length's encoding, and of the words in which masks and UTF-8 are worked on.
LENGTHS = (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 124, 125, 126, 127, 128, 129, 255, 256, 257,
           1000, 4095, 4096, 4097, 65534, 65535, 65536, 65537)
PROTOCOL_ERROR = 1002
MESSAGE_TOO_BIG = 1009


def framing():
    for opcode in DATA:
        for length in LENGTHS:
            cuts = HEADERS if length in (0, 1, 125, 126, 127, 65535, 65536) else SMALL
            steps = echoed(opcode, filler(opcode, length))
            yield Case(f"{NAMES[opcode]} of {length} bytes", "5.2", steps, cuts=cuts)
        for size in (997, 1460, 16384):
            steps = echoed(opcode, filler(opcode, 65536))
            yield Case(f"{NAMES[opcode]} of 65536 bytes, {size} at a time", "5.2", steps, cuts=(chopped(size),))
    yield Case("text may hold U+0000", "5.6", echoed(TEXT, b"a\0b\0"))
    yield Case("binary may hold every byte", "5.6", echoed(BINARY, bytes(range(256))))
    yield Case("binary need not be UTF-8", "5.6", echoed(BINARY, b"\xff\xfe\xc0\x80\xed\xa0\x80"))
    many = [(DATA[n % 2], f"message {n} ".encode() * n) for n in range(40)]
    steps = [of(*message) for message in many] + [gets(*message) for message in many]
    yield Case("messages one behind the other come back in order", "5.4", steps, cuts=(*ONCE, framewise, chopped(7)))


def lengths():
    """§5.2: the minimal number of bytes must be used, and the most significant bit of 64 must be 0."""
    for opcode in DATA:
        for size, longest in ((2, 125), (8, 65535)):
            for length in (0, 1, 125, 126, 65535):
                if length <= longest:
                    name = f"{NAMES[opcode]} of {length} bytes with a length of {size * 8} bits"
                    steps = [of(opcode, filler(opcode, length), length_bytes=size), text("more")]
                    yield Case(name, "5.2", steps, PROTOCOL_ERROR, HEADERS if length <= 1 else SMALL)
        for length in (1 << 63, (1 << 64) - 1):
            yield Case(f"{NAMES[opcode]} with a length of {length:#x}", "5.2", [of(opcode, length=length)],
                       PROTOCOL_ERROR, HEADERS)
        for length in (1 << 40, (1 << 63) - 1):
            yield Case(f"{NAMES[opcode]} with a length of {length:#x} is refused by its header", "10.4",
                       [of(opcode, length=length)], MESSAGE_TOO_BIG, HEADERS)
    for size in (2, 8):
        yield Case(f"a ping with a length of {size * 8} bits", "5.2", [ping("x", length_bytes=size)], PROTOCOL_ERROR)
    frame = text("abcd")
    for missing in (1, 4, len(frame) - 1):
        yield Case(f"a frame of which {missing} bytes are still to come", "5.2",
                   [frame[:-missing], NOTHING_YET, frame[-missing:], gets(TEXT, "abcd")])


def masking():
    """§5.3, and §5.1: a server must close the connection upon a frame that is not masked."""
    for key in (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\1", b"\1\0\0\0", b"\x80\0\x80\0", b"\x12\x34\x56\x78"):
        for opcode in DATA:
            for length in (1, 3, 4, 5, 130, 1001):
                yield Case(f"{NAMES[opcode]} of {length} bytes masked with {key.hex()}", "5.3",
                           echoed(opcode, filler(opcode, length), mask=key))
    yield Case("every frame has its own key", "5.3",
               [step for n in range(20) for step in echoed(TEXT, f"message {n}", mask=bytes([n, 7 * n, 0, n]))])
    for opcode in KNOWN:
        for payload in (b"", b"ab"):
            yield Case(f"{NAMES[opcode]} of {len(payload)} bytes without a mask", "5.1",
                       [of(opcode, payload, mask=False), text("more")], PROTOCOL_ERROR, HEADERS)
    yield Case("a frame without a mask after a message", "5.1",
               [*echoed(TEXT, "masked"), text("bare", mask=False)], PROTOCOL_ERROR)
    yield Case("a fragment without a mask", "5.1",
               [text("a", fin=False), of(CONTINUATION, b"b", mask=False)], PROTOCOL_ERROR)


def pings_and_pongs():
    for length in (0, 1, 2, 5, 64, 124, 125):
        payload = filler(TEXT, length)
        yield Case(f"a ping of {length} bytes", "5.5.3", [ping(payload), gets(PONG, payload)], cuts=HEADERS)
        yield Case(f"a pong of {length} bytes that nobody asked for", "5.5.3",
                   [pong(payload), NOTHING_YET, *echoed(TEXT, "still here")], cuts=HEADERS)
    for payload in (b"\0\xff\xfe\xfd\xfc\xfb\0\xff", bytes(range(128, 253)), b"\xed\xa0\x80"):
        yield Case(f"a ping is binary: {payload[:8].hex()}", "5.5.2", [ping(payload), gets(PONG, payload)])
    for opcode in (PING, PONG):
        for length in (126, 127, 65535, 65536):
            yield Case(f"a {NAMES[opcode]} of {length} bytes", "5.5", [of(opcode, bytes(length)), text("more")],
                       PROTOCOL_ERROR)
        yield Case(f"a {NAMES[opcode]} that announces 126 bytes fails by its header", "5.5",
                   [of(opcode, b"", length=126)], PROTOCOL_ERROR, HEADERS)
    ten = [bytes([n]) * n for n in range(10)]
    yield Case("ten pings are answered in order", "5.5.3",
               [ping(payload) for payload in ten] + [gets(PONG, payload) for payload in ten], cuts=HEADERS)
    yield Case("ten pings, each after the answer to the last", "5.5.3",
               [step for payload in ten for step in (ping(payload), gets(PONG, payload))])
    yield Case("a pong, then a ping", "5.5.3", [pong("unasked"), ping("asked"), gets(PONG, "asked")], cuts=HEADERS)
    yield Case("pings between messages", "5.5.2",
               [text("a"), ping("1"), binary("b"), ping("2"), gets(TEXT, "a"), gets(PONG, "1"), gets(BINARY, "b"),
                gets(PONG, "2")], cuts=HEADERS)
    yield Case("a pong with the payload of a ping to come", "5.5.3", [pong("x"), ping("x"), gets(PONG, "x")])
    yield Case("a thousand pongs", "5.5.3", [pong("x")] * 1000 + [ping("?"), gets(PONG, "?")], cuts=ONCE)


def reserved_bits():
    """§5.2: must be 0 unless an extension is negotiated that defines meanings; else the connection must fail."""
    for rsv in range(1, 8):
        for opcode in KNOWN:
            yield Case(f"{NAMES[opcode]} with reserved bits {rsv:03b}", "5.2",
                       [of(opcode, b"\x03\xe8", rsv=rsv), text("more")], PROTOCOL_ERROR,
                       HEADERS if opcode in DATA else SMALL)
        yield Case(f"reserved bits {rsv:03b} after messages, which are answered", "5.2",
                   [text("a"), ping("b"), text("c", rsv=rsv), ping("d"), gets(TEXT, "a"), gets(PONG, "b")],
                   PROTOCOL_ERROR, HEADERS)
        yield Case(f"reserved bits {rsv:03b} on the second fragment", "5.2",
                   [text("a", fin=False), of(CONTINUATION, b"b", rsv=rsv)], PROTOCOL_ERROR)
        yield Case(f"reserved bits {rsv:03b} fail by the header", "5.2", [text(rsv=rsv, length=100_000)],
                   PROTOCOL_ERROR)


def reserved_opcodes():
    """§5.2: upon an unknown opcode the connection must fail."""
    for opcode in RESERVED:
        name = f"opcode {opcode:#x}"
        more = [ping("more")]
        yield Case(f"{name}, empty", "5.2", [of(opcode), *more], PROTOCOL_ERROR, HEADERS)
        yield Case(f"{name} with a payload", "5.2", [of(opcode, b"payload"), *more], PROTOCOL_ERROR)
        yield Case(f"{name} with a long payload fails by the header", "5.2", [of(opcode, length=70_000)],
                   PROTOCOL_ERROR)
        yield Case(f"{name}, not the last fragment", "5.2", [of(opcode, b"x", fin=False), *more], PROTOCOL_ERROR)
        yield Case(f"{name} after a message and a ping, which are answered", "5.2",
                   [text("a"), ping("b"), of(opcode, b"x"), *more, gets(TEXT, "a"), gets(PONG, "b")], PROTOCOL_ERROR,
                   HEADERS)
        yield Case(f"{name} between fragments", "5.2",
                   [text("a", fin=False), of(opcode, b"x"), of(CONTINUATION, b"b")], PROTOCOL_ERROR)
        yield Case(f"{name} of the length of a close frame", "5.2", [of(opcode, b"\x03\xe8"), close(1000)],
                   PROTOCOL_ERROR)
