"""UTF-8 in text messages (RFC 6455 §8.1, RFC 3629): what is valid comes back, all else fails the connection with 1007.

It must fail at the first byte that no valid text can have there, not at the end of the frame or message.
"""

from support.raw_client import CONTINUATION, TEXT

from cuts import SMALL, framewise
from table import NOTHING_YET, Case, binary, continuation, echoed, filler, fragments, gets, of, pieces_of, ping, text

INVALID_PAYLOAD = 1007
ZERO_KEY = b"\0\0\0\0"  # masks nothing, so that a frame can be cut at a byte of its payload
TAIL_MIN, TAIL_MAX = 0x80, 0xBF

# RFC 3629 §4: the leading bytes, the range of the second, and how many more follow.
CHARACTERS = (
    (range(0xC2, 0xE0), 0x80, 0xBF, 0),
    (range(0xE0, 0xE1), 0xA0, 0xBF, 1),
    (range(0xE1, 0xED), 0x80, 0xBF, 1),
    (range(0xED, 0xEE), 0x80, 0x9F, 1),
    (range(0xEE, 0xF0), 0x80, 0xBF, 1),
    (range(0xF0, 0xF1), 0x90, 0xBF, 2),
    (range(0xF1, 0xF4), 0x80, 0xBF, 2),
    (range(0xF4, 0xF5), 0x80, 0x8F, 2),
)
NEVER_LEADING = (*range(0x80, 0xC2), *range(0xF5, 0x100))

TEXTS = {
    "letters, Latin": "Hello-µ@ßöäüàá-UTF-8!!",
    "Greek": "κόσμε",
    "Hebrew": "שלום",
    "Chinese": "中文字符",
    "Hiragana": "ひらがな",
    "musical symbols": "𝄞𝄢",
    "emoji joined": "👩\u200d👩\u200d👧",
    "combining": "e\u0301a\u030a",
    "a byte order mark": "\ufefftext",
    "the replacement character": "\ufffd",
    "private use": "\ue000\uf8ff\U000f0000\U0010fffd",
    "around the surrogates": "\ud7ff\ue000",
    "the ends of each length": "\0\x7f\x80\u07ff\u0800\uffff\U00010000\U0010ffff",
    "controls": "\x00\x01\x1b\x7f\x85\u2028",
}
# RFC 3629 allows them all, as Unicode's Corrigendum 9 does.
NONCHARACTERS = (0xFDD0, 0xFDEF, *(plane << 16 | end for plane in range(17) for end in (0xFFFE, 0xFFFF)))

# What is good so far, the byte that no valid text has there, and what would have followed.
BROKEN = {
    "U+0000 in two bytes": ("", "c0", "80"),
    "slash in two bytes": ("", "c0", "af"),
    "U+007F in two bytes": ("", "c1", "bf"),
    "slash in three bytes": ("e0", "80", "af"),
    "U+07FF in three bytes": ("e0", "9f", "bf"),
    "slash in four bytes": ("f0", "80", "80 af"),
    "U+FFFF in four bytes": ("f0", "8f", "bf bf"),
    "slash in five bytes": ("", "f8", "80 80 80 af"),
    "slash in six bytes": ("", "fc", "80 80 80 80 af"),
    "the last of five bytes": ("", "fb", "bf bf bf bf"),
    "the last of six bytes": ("", "fd", "bf bf bf bf bf"),
    "the first surrogate": ("ed", "a0", "80"),
    "the last high surrogate": ("ed", "af", "bf"),
    "the first low surrogate": ("ed", "b0", "80"),
    "the last surrogate": ("ed", "bf", "bf"),
    "a pair of surrogates": ("ed", "a0", "b4 ed b4 9e"),
    "U+110000": ("f4", "90", "80 80"),
    "U+13FFFF": ("f4", "bf", "bf bf"),
    "U+140000": ("", "f5", "80 80 80"),
    "FE and FF": ("", "fe", "ff"),
    "FF and FE": ("", "ff", "fe"),
    "a continuation byte behind a character": ("c3 a9", "bf", ""),
    "two continuation bytes too many": ("e2 82 ac", "80", "80"),
    "a character begun twice": ("e2", "e2", "82 ac"),
    "a character that ends early, then another": ("f0 9d 84", "c3", "a9"),
    "a character that ends early, then a letter": ("e2 82", "61", "61"),
    "a word, a surrogate, a word": ("ce ba e1 bd b9 cf 83 ce bc ce b5 ed", "a0", "80 65 64 69 74 65 64"),
    "a word, U+110000, a word": ("ce ba e1 bd b9 cf 83 ce bc ce b5 f4", "90", "80 80 65 64 69 74 65 64"),
    "Latin-1": ("67 72", "f6", "df 65"),
    "UTF-16, little endian": ("", "ff", "fe 68 00 69 00"),
    "Windows-1252 quotes": ("", "93", "68 69 94"),
}


def utf8():
    yield from empty_texts()
    yield from every_character_class()
    yield from texts()
    yield from broken_texts()
    yield from unfinished_texts()
    yield from broken_in_large_texts()


def empty_texts():
    yield Case("an empty text", "8.1", echoed(TEXT, b""))
    yield Case("an empty text in three fragments", "8.1", [*fragments(TEXT, b"", b"", b""), gets(TEXT)])
    middle = "middle frame payload"
    yield Case("a text in the middle of empty fragments", "8.1",
               [*fragments(TEXT, b"", middle.encode(), b""), gets(TEXT, middle)])


def every_character_class():
    """Each row of RFC 3629's table, for each leading byte: the first and last that is valid, and its neighbours."""
    for leads, second_min, second_max, more in CHARACTERS:
        for lead in leads:
            ends = bytes([lead, second_min]) + bytes([TAIL_MIN]) * more, bytes([lead, second_max]) + b"\xbf" * more
            yield Case(f"characters from {ends[0].hex(' ')} to {ends[1].hex(' ')}", "8.1",
                       echoed(TEXT, ends[0] + b"-" + ends[1]))
            tail = b"\x80" * more
            for second in {second_min - 1, second_max + 1, TAIL_MIN - 1, TAIL_MAX + 1, 0x00, 0x20, 0xFF}:
                yield broken_case(f"{lead:02x} must not be followed by {second:02x}", bytes([lead]), second, tail)
            for at in range(more):
                good = bytes([lead, second_max]) + b"\xbf" * at
                for byte in (TAIL_MIN - 1, TAIL_MAX + 1):
                    yield broken_case(f"{good.hex(' ')} must not be followed by {byte:02x}", good, byte, b"")
            whole = bytes([lead, second_min]) + b"\x80" * more
            for size in range(1, len(whole)):
                yield Case(f"the text ends with {whole[:size].hex(' ')}", "8.1",
                           [text(b"ab" + whole[:size]), text("more")], INVALID_PAYLOAD)
    for lead in NEVER_LEADING:
        yield broken_case(f"{lead:02x} begins no character", b"", lead, b"\x80")


def broken_case(name, good, bad, rest):
    """Fails at `bad`, whether the frame goes on or not: nothing is said before it, and nothing need follow it."""
    bad = bytes([bad])
    begun = text(good, mask=ZERO_KEY, length=len(good) + 1 + len(rest) + 1000)
    return Case(name, "8.1", [begun, NOTHING_YET, bad], INVALID_PAYLOAD, (framewise,))


def texts():
    for name, string in TEXTS.items():
        payload = string.encode()
        yield Case(f"{name}, in one frame", "8.1", echoed(TEXT, payload))
        yield Case(f"{name}, in two fragments between characters", "5.4",
                   [*fragments(TEXT, string[:1].encode(), string[1:].encode()), gets(TEXT, payload)])
        yield Case(f"{name}, in fragments of one byte", "5.4",
                   [*fragments(TEXT, *pieces_of(payload, 1)), gets(TEXT, payload)])
        yield Case(f"{name}, in fragments with pings between", "5.4",
                   [*with_pings(fragments(TEXT, *pieces_of(payload, 1))), gets(TEXT, payload)], cuts=(framewise,))
        for cut in range(1, len(payload)):
            yield Case(f"{name}, cut behind byte {cut}", "5.4",
                       [*fragments(TEXT, payload[:cut], payload[cut:]), gets(TEXT, payload)], cuts=(framewise,))
    for number in NONCHARACTERS:
        yield Case(f"the noncharacter U+{number:04X}", "8.1", echoed(TEXT, chr(number).encode()))


def with_pings(frames):
    return [step for frame in frames[:-1] for step in (frame, ping("?"), gets(0xA, "?"))] + frames[-1:]


def broken_texts():
    for name, (good, bad, rest) in BROKEN.items():
        good, bad, rest = bytes.fromhex(good), bytes.fromhex(bad), bytes.fromhex(rest)
        payload = good + bad + rest
        yield Case(f"{name}, in one frame", "8.1", [text(payload), text("more")], INVALID_PAYLOAD)
        yield Case(f"{name}, behind a letter and before one", "8.1", [text(b"a" + payload + b"b")], INVALID_PAYLOAD)
        yield Case(f"{name}, in fragments of one byte", "8.1", fragments(TEXT, *pieces_of(payload, 1)),
                   INVALID_PAYLOAD)
        yield broken_case(f"{name}, fails inside of the frame", b"ab" + good, bad[0], rest)
        yield Case(f"{name}, fails inside of the message", "8.1",
                   [text(b"ab" + good, fin=False), NOTHING_YET, continuation(bad + rest, fin=False)], INVALID_PAYLOAD)
        yield Case(f"{name}, fails inside of the second fragment", "8.1",
                   [text(good, fin=False), of(CONTINUATION, mask=ZERO_KEY, length=1000), NOTHING_YET, bad],
                   INVALID_PAYLOAD)
        yield Case(f"{name}, in binary", "5.6", echoed(0x2, payload))


def unfinished_texts():
    """A text that ends inside of a character fails when its message ends, and not before."""
    for character in ("é", "€", "𝄞"):
        payload = character.encode()
        for size in range(1, len(payload)):
            begun = payload[:size]
            yield Case(f"{begun.hex(' ')} at the end of the only frame", "8.1", [text(begun)], INVALID_PAYLOAD)
            yield Case(f"{begun.hex(' ')} at the end of a fragment", "8.1",
                       [text(begun, fin=False), NOTHING_YET, continuation(payload[size:]), gets(TEXT, payload)])
            yield Case(f"{begun.hex(' ')} and an empty last fragment", "8.1",
                       [text(begun, fin=False), NOTHING_YET, continuation()], INVALID_PAYLOAD)
            yield Case(f"{begun.hex(' ')}, then a new message", "8.1",
                       [text(begun), text(payload[size:])], INVALID_PAYLOAD)
            yield Case(f"{begun.hex(' ')}, then a binary message with the rest", "8.1",
                       [text(begun), binary(payload[size:])], INVALID_PAYLOAD)


def broken_in_large_texts():
    """Wherever the byte stands: vector kernels work on blocks, and the last block is short."""
    for before in (0, 1, 15, 16, 31, 63, 64, 127, 128, 1000, 65_535, 200_000):
        head = filler(TEXT, before)
        for name in ("slash in two bytes", "a pair of surrogates", "U+110000", "FE and FF"):
            bad = b"".join(map(bytes.fromhex, BROKEN[name]))
            for after in (0, 70):
                yield Case(f"{name} behind {before} bytes and before {after}", "8.1",
                           [text(head + bad + b"x" * after)], INVALID_PAYLOAD)
            yield Case(f"{name} behind {before} bytes fails inside of the frame", "8.1",
                       [text(head + bad, length=1_000_000)], INVALID_PAYLOAD, SMALL)
