"""The client's side of permessage-deflate (RFC 7692), on Python's zlib. It shares nothing with the server's."""

import zlib

from support.raw_client import BINARY, TEXT, RawClient, frame, request

RSV1 = 4
TAIL = b"\x00\x00\xff\xff"  # §7.2.1: what a sender removes from the end of a message
WINDOW_BITS_MAX = 15
PIECE_BYTES = 64  # of what is inflated at once, so that zlib notices a reference beyond the window
MUST_COMPRESS_MIN = 4096  # a message of this size that shrinks to half should have come compressed


class Deflater:
    """Compresses messages as a client does. With takeover, one may refer to those before it."""

    def __init__(self, window_bits=WINDOW_BITS_MAX, takeover=False, level=6, strategy=zlib.Z_DEFAULT_STRATEGY):
        self._make = lambda: zlib.compressobj(level, zlib.DEFLATED, -window_bits, 9, strategy)
        self._takeover = takeover
        self._compressor = self._make()

    def __call__(self, payload):
        if not self._takeover:
            self._compressor = self._make()
        data = self._compressor.compress(payload) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
        return data.removesuffix(TAIL)


def blocks(payload, size, flush):
    """A message of several DEFLATE blocks, one for `size` bytes each (§7.2.3.5), with `flush` between them."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, -WINDOW_BITS_MAX)
    pieces = [payload[at : at + size] for at in range(0, len(payload), size)]
    data = b"".join(compressor.compress(piece) + compressor.flush(flush) for piece in pieces)
    return (data + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)


def final_block(payload):
    """Blocks of which the last has BFINAL set, and the empty block that must follow it (§7.2.3.4)."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, -WINDOW_BITS_MAX)
    return compressor.compress(payload) + compressor.flush(zlib.Z_FINISH) + b"\0"


class Inflater:
    """Decompresses what the server sends, and refuses what reaches beyond its window."""

    def __init__(self, window_bits, takeover):
        self._window_bits = window_bits
        self._takeover = takeover
        self._new()

    def _new(self):
        self._decompressor = zlib.decompressobj(-self._window_bits)

    def __call__(self, data):
        assert not data.endswith(TAIL), "a sender removes 00 00 ff ff from the end"
        if not self._takeover:
            self._new()
        pieces, rest = [], data + TAIL
        piece_bytes = PIECE_BYTES if self._window_bits < WINDOW_BITS_MAX else 0
        try:
            while rest:
                pieces.append(self._decompressor.decompress(rest, piece_bytes))
                rest = self._decompressor.unconsumed_tail
        except zlib.error as error:
            raise AssertionError(f"what the server compressed: {error}") from None
        assert not self._decompressor.unused_data, "something follows the last block"
        return b"".join(pieces)


class DeflateClient(RawClient):
    """A client that offers permessage-deflate, and receives messages decompressed."""

    _inflate = None

    def shake_hands(self, offers, answer):
        """Sends each of `offers` as a header of its own. The server must agree to `answer`; None: to nothing."""
        self.send(with_offers(offers))
        agreed = self.receive_upgrade().get("sec-websocket-extensions")
        assert parsed(agreed) == parsed(answer), f"the server agrees to {agreed!r}"
        if answer is not None:
            _, parameters = parsed(answer)
            self._inflate = Inflater(int(parameters.get("server_max_window_bits", WINDOW_BITS_MAX)),
                                     "server_no_context_takeover" not in parameters)

    def receive_frame(self):
        compressed, opcode, payload = self.receive_deflated_frame()
        if compressed:
            assert self._inflate, "RSV1 is set, and nothing was agreed"
            assert opcode in (TEXT, BINARY), "a control frame is not compressed"
            return opcode, self._inflate(payload)
        if self._inflate and opcode in (TEXT, BINARY) and len(payload) >= MUST_COMPRESS_MIN:
            assert len(zlib.compress(payload)) > len(payload) // 2, "a message that shrinks came uncompressed"
        return opcode, payload


def with_offers(offers):
    lines = "".join(f"Sec-WebSocket-Extensions: {offer}\r\n" for offer in offers)
    return request().removesuffix(b"\r\n") + lines.encode("latin-1") + b"\r\n"


def parsed(answer):
    """Name and parameters of an answer, whose order means nothing."""
    if answer is None:
        return None
    name, *parameters = (part.strip() for part in answer.split(";"))
    pairs = [parameter.partition("=")[::2] for parameter in parameters]
    assert len(dict(pairs)) == len(pairs), f"a parameter is repeated: {answer}"
    return name, dict(pairs)


def compressed(opcode, data, **options):
    """The frame of a message of which `data` is the compressed form."""
    return frame(opcode, data, rsv=RSV1, **options)


def compressed_fragments(opcode, pieces):
    """§6.1: only the first frame has RSV1 set, whatever the pieces are."""
    last = len(pieces) - 1
    return [frame(0 if i else opcode, piece, fin=i == last, rsv=0 if i else RSV1) for i, piece in enumerate(pieces)]
