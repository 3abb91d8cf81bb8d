"""The words that the case tables are written in.

A case is a dialogue. What is sent are the bytes of a frame, from text(), ping() and their like; what must come back
stands between them as gets(); NOTHING_YET is a place where the server must still be silent.

    Case("a ping between two fragments is answered at once", "5.4",
         [text("a", fin=False), ping("?"), gets(PONG, "?"), continuation("b"), gets(TEXT, "ab")])
"""

from typing import Callable, NamedTuple

from support.raw_client import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame

from cuts import SMALL

NAMES = {CONTINUATION: "continuation", TEXT: "text", BINARY: "binary", CLOSE: "close", PING: "ping", PONG: "pong"}
DATA = (TEXT, BINARY)
KNOWN = (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG)
RESERVED = (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)


class Reply(NamedTuple):
    """A frame that the server must send."""

    opcode: int
    payload: bytes


class Quiet(NamedTuple):
    """The server has read all that was sent before, and must not have said anything."""


class Case(NamedTuple):
    name: str
    section: str  # of RFC 6455
    steps: list | Callable  # frames to send, Reply and Quiet; or what makes them, where they are large
    closes: int | None = None  # the code with which the server must fail or close the connection; None: it stays open
    cuts: tuple = SMALL  # how the bytes are cut into segments: the case is played once for each


NOTHING_YET = Quiet()


def octets(payload):
    return payload.encode() if isinstance(payload, str) else bytes(payload)


def gets(opcode, payload=b""):
    return Reply(opcode, octets(payload))


def of(opcode, payload=b"", **options):
    """A frame. The options are those of raw_client.frame(): fin, rsv, mask, length, length_bytes."""
    return frame(opcode, octets(payload), **options)


def continuation(payload=b"", **options):
    return of(CONTINUATION, payload, **options)


def text(payload=b"", **options):
    return of(TEXT, payload, **options)


def binary(payload=b"", **options):
    return of(BINARY, payload, **options)


def ping(payload=b"", **options):
    return of(PING, payload, **options)


def pong(payload=b"", **options):
    return of(PONG, payload, **options)


def close(code=None, reason=b"", **options):
    return of(CLOSE, b"" if code is None else code.to_bytes(2, "big") + octets(reason), **options)


def fragments(opcode, *pieces, **options):
    """A message in one frame a piece."""
    last = len(pieces) - 1
    return [
        of(CONTINUATION if i else opcode, piece, fin=i == last, **options) for i, piece in enumerate(pieces)
    ]


def pieces_of(payload, size):
    return [payload[at : at + size] for at in range(0, len(payload), size)]


def filler(opcode, size):
    """A payload of `size` bytes that does not repeat soon; characters of one to four bytes where it is text."""
    if opcode == TEXT:
        block = "".join(f"{n} größe ≠ 𝄞; " for n in range(min(size, 5000) // 20 + 1)).encode()
        whole = (block * (size // len(block) + 1))[:size].decode(errors="ignore").encode()
        return whole + b"." * (size - len(whole))
    return (bytes(n * n % 251 for n in range(8191)) * (size // 8191 + 1))[:size]


def echoed(opcode, payload, **options):
    """The steps of a message in one frame that comes back."""
    return [of(opcode, payload, **options), gets(opcode, payload)]
