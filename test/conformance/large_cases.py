"""Large messages, many fragments, many messages (RFC 6455 §5.2, §5.4), of which none is refused; and limits (§10.4)."""

from cuts import HEADERS, ONCE, chopped
from table import DATA, NAMES, NOTHING_YET, Case, continuation, echoed, filler, fragments, gets, of, pieces_of

KIBIBYTE, MEBIBYTE = 1 << 10, 1 << 20
MESSAGES = 500
LIMIT = 1 << 16  # of a message, of the server that limits() are played against
MESSAGE_TOO_BIG = 1009


def large_messages():
    for opcode in DATA:
        kind = NAMES[opcode]
        for size in (64 * KIBIBYTE, 256 * KIBIBYTE, MEBIBYTE, 4 * MEBIBYTE, 8 * MEBIBYTE, 16 * MEBIBYTE):
            yield Case(f"{kind} of {size} bytes", "5.2", lambda o=opcode, s=size: echoed(o, filler(o, s)), cuts=ONCE)
        for size in (64, 256, KIBIBYTE, 4 * KIBIBYTE, 16 * KIBIBYTE, 64 * KIBIBYTE, 256 * KIBIBYTE, MEBIBYTE,
                     4 * MEBIBYTE):
            yield Case(f"{kind} of 4 MiB in {4 * MEBIBYTE // size} fragments of {size} bytes", "5.4",
                       lambda o=opcode, s=size: in_fragments(o, 4 * MEBIBYTE, s), cuts=ONCE)
        for size in (64, 128, 256, 512, KIBIBYTE, 2 * KIBIBYTE):
            yield Case(f"{kind} of 1 MiB, {size} bytes at a time", "5.2",
                       lambda o=opcode: echoed(o, filler(o, MEBIBYTE)), cuts=(chopped(size),))
        for size in (0, 16, 64, 256, KIBIBYTE, 4 * KIBIBYTE):
            yield Case(f"{MESSAGES} messages, {kind} of {size} bytes, each after the last", "5.2",
                       lambda o=opcode, s=size: echoed(o, filler(o, s)) * MESSAGES, cuts=ONCE)
            yield Case(f"{MESSAGES} messages, {kind} of {size} bytes, all at once", "5.2",
                       lambda o=opcode, s=size: all_at_once(o, s), cuts=ONCE)


def limits():
    """§10.4: who says that a message is too large says so at the header that shows it, before its payload arrives."""
    for opcode in DATA:
        kind = NAMES[opcode]
        exactly = filler(opcode, LIMIT)
        yield Case(f"{kind} of exactly the limit", "10.4", echoed(opcode, exactly), cuts=ONCE)
        for more in (1, 2, LIMIT, (1 << 63) - 1 - LIMIT):
            yield Case(f"the header of a {kind} of {more} bytes more than the limit", "10.4",
                       [of(opcode, length=LIMIT + more)], MESSAGE_TOO_BIG, cuts=HEADERS)
        for size in (1, LIMIT // 2, LIMIT - 1):
            first = of(opcode, exactly[:size], fin=False)
            yield Case(f"{kind} of exactly the limit, {size} bytes first", "10.4",
                       [first, continuation(exactly[size:]), gets(opcode, exactly)], cuts=ONCE)
            yield Case(f"the header of a fragment that makes a {kind} one byte too large, {size} bytes first", "10.4",
                       [first, NOTHING_YET, continuation(length=LIMIT - size + 1)], MESSAGE_TOO_BIG, cuts=ONCE)
        yield Case(f"{kind} of exactly the limit, and an empty fragment", "10.4",
                   [of(opcode, exactly, fin=False), continuation(), gets(opcode, exactly)], cuts=ONCE)


def in_fragments(opcode, size, fragment_bytes):
    payload = filler(opcode, size)
    key = b"\x5a\xc3\x0f\x81"
    return [*fragments(opcode, *pieces_of(payload, fragment_bytes), mask=key), gets(opcode, payload)]


def all_at_once(opcode, size):
    payload = filler(opcode, size)
    return [of(opcode, payload)] * MESSAGES + [gets(opcode, payload)] * MESSAGES
