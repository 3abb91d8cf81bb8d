"""The transcripts of a document, and how they are played against a server.

A transcript is a fenced block of the language `wire`. Each line is one step, in its order:

    ann > TEXT                the client ann sends this text message
    ann > binary HEX          ... this binary message
    ann > close CODE REASON   ... this close frame
    ann > ping HEX            ... this ping frame
    ann < TEXT                the next message that ann gets, byte for byte
    ann < close CODE REASON   the server's close frame; < ping HEX and < pong HEX are like it
    ann @ PATH                how ann connects where it is not `/`; it stands before all else of ann
    # words                   for the reader

A client connects when it is first named, and its `welcome` is taken where the transcript does not show it. What stands
in angle brackets, such as <epoch>, is whatever the server says there first, and the same ever after. At the end of a
transcript nothing more may be on its way to anybody who is still connected.
"""

import dataclasses
import json
import re

from support import raw_client
from support.raw_client import RawClient

_STEP = re.compile(r"(?P<client>\w+) (?P<way>[<>@]) (?P<what>.+)")
_FRAME = re.compile(r"(?P<kind>binary|ping|pong|close)(?: (?P<argument>\w+))?(?: (?P<reason>.+))?")
_PLACE = re.compile(r"<(\w+)>")
_OPCODES = {"binary": raw_client.BINARY, "close": raw_client.CLOSE, "ping": raw_client.PING, "pong": raw_client.PONG}
_KINDS = {opcode: kind for kind, opcode in _OPCODES.items()}


@dataclasses.dataclass
class Block:
    """A fenced block: the line of the document where its content begins, the words behind its fence, and its text."""

    line: int
    info: str
    text: str


def blocks(document):
    """The fenced blocks of a document that begin at the margin, in their order."""
    found = []
    open_block = None
    for number, line in enumerate(document.split("\n"), 1):
        if line.startswith("```"):
            if open_block:
                found.append(open_block)
                open_block = None
            else:
                open_block = Block(number + 1, line[3:].strip(), "")
        elif open_block:
            open_block.text += line + "\n"
    assert open_block is None, f"the block at line {open_block.line} has no end"
    return found


class Mismatch(AssertionError):
    """The server did something else than the document says."""


class Player:
    """Plays one transcript. Use it in a `with` statement, which ends its connections."""

    def __init__(self, server):
        self._server = server
        self._clients = {}
        self._first = {}  # what each got as it connected, until the transcript tells of what it gets
        self._known = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for client in self._clients.values():
            client.close()

    def play(self, block):
        for number, line in enumerate(block.text.splitlines(), block.line):
            if line.startswith("#") or not line:
                continue
            step = _STEP.fullmatch(line)
            if not step:
                raise Mismatch(f"line {number} is no step: {line}")
            try:
                self._take(**step.groupdict())
            except (AssertionError, OSError, raw_client.Ended) as error:
                raise Mismatch(f"line {number}: {line}\n{type(error).__name__}: {error}") from error
        for name, client in self._clients.items():
            self._expect_silence(name, client)

    def _take(self, client, way, what):
        if way == "@":
            self._connect(client, what)
            return
        connection = self._clients.get(client) or self._connect(client)
        if way == ">":
            self._send(connection, what)
            return
        first = self._first.pop(client, None)
        if first is None or (is_welcome(first) and not is_welcome(what)):
            first = _receive(connection)
        self._compare(first, what)
        if what.startswith("close"):
            del self._clients[client]
            connection.close()

    def _connect(self, name, path="/"):
        assert name not in self._clients, f"{name} is connected already"
        client = self._clients[name] = RawClient(self._server)
        client.upgrade(path, sec_websocket_protocol="sentix.v1")
        self._first[name] = _receive(client)
        return client

    def _send(self, client, what):
        special = _FRAME.fullmatch(what)
        if not special:
            client.send(raw_client.frame(raw_client.TEXT, self._filled_in(what).encode()))
        elif special["kind"] == "close":
            client.send(raw_client.close_frame(int(special["argument"]), special["reason"] or ""))
        else:
            payload = bytes.fromhex(special["argument"] or "")
            client.send(raw_client.frame(_OPCODES[special["kind"]], payload))

    def _filled_in(self, text):
        def value(place):
            assert place[1] in self._known, f"nobody has said what {place[0]} is"
            return self._known[place[1]]

        return _PLACE.sub(value, text)

    def _compare(self, received, expected):
        pattern, last = "", 0
        for place in _PLACE.finditer(expected):
            pattern += re.escape(expected[last : place.start()])
            name, last = place[1], place.end()
            if name in self._known:
                pattern += re.escape(self._known[name])
            else:
                pattern += f"(?P={name})" if f"(?P<{name}>" in pattern else f'(?P<{name}>[^"]+)'
        match = re.fullmatch(pattern + re.escape(expected[last:]), received)
        if not match:
            raise Mismatch(f"it got: {received}")
        self._known.update(match.groupdict())

    def _expect_silence(self, name, client):
        client.send(raw_client.frame(raw_client.TEXT, b'{"type":"ping","id":"silence"}'))
        received = _receive(client)
        if received != '{"type":"pong","id":"silence"}':
            raise Mismatch(f"the transcript is silent about what {name} got at its end: {received}")


def is_welcome(text):
    return text.startswith('{"type":"welcome"')


def _receive(client):
    """The next message or frame, as a transcript writes it."""
    opcode, payload = client.receive_frame()
    if opcode == raw_client.TEXT:
        return payload.decode()
    if opcode == raw_client.CLOSE:
        code = int.from_bytes(payload[:2], "big")
        return f"close {code} {payload[2:].decode()}".rstrip()
    return f"{_KINDS[opcode]} {payload.hex()}".rstrip()


def sent_types(text):
    """The types of the messages that a transcript shows, as pairs of the way and the type: ("<", "welcome")."""
    for line in text.splitlines():
        step = _STEP.fullmatch(line)
        if step and step["what"].startswith("{"):
            try:
                yield step["way"], json.loads(step["what"]).get("type")
            except ValueError:
                pass  # a transcript may show what is no JSON
