"""A WebSocket client on a plain socket, for tests that decide about every byte.

It checks nothing of what it sends, so that it can break every rule; what it receives must be well-formed.
"""

import base64
import hashlib
import json
import os
import socket
import struct

from support.eventually import DEADLINE

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
HANDSHAKE = {
    "Host": "localhost",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}


def request(path="/", method="GET", version="HTTP/1.1", headers=None, **changed):
    """The bytes of a handshake. `changed` adds headers, or takes one away with None: sec_websocket_key=None."""
    fields = dict(HANDSHAKE) if headers is None else dict(headers)
    for name, value in changed.items():
        name = "-".join(part.capitalize() for part in name.split("_")).replace("Websocket", "WebSocket")
        fields.pop(name, None)
        if value is not None:
            fields[name] = value
    lines = [f"{method} {path} {version}"] + [f"{name}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def frame(opcode, payload=b"", fin=True, rsv=0, mask=None, length=None, length_bytes=None):
    """The bytes of one frame. mask=False leaves it unmasked; `length` and `length_bytes` (0, 2, 8) can lie about it."""
    announced = len(payload) if length is None else length
    if length_bytes is None:
        length_bytes = 0 if announced < 126 else 2 if announced < 65536 else 8
    short = announced if length_bytes == 0 else 126 if length_bytes == 2 else 127
    head = bytes([fin << 7 | rsv << 4 | opcode, (0 if mask is False else 0x80) | short])
    head += announced.to_bytes(length_bytes, "big") if length_bytes else b""
    if mask is False:
        return head + payload
    key = os.urandom(4) if mask is None else mask
    return head + key + masked(payload, key)


def masked(payload, key):
    if not payload:
        return b""
    repeated = (key * (len(payload) // 4 + 1))[: len(payload)]
    size = len(payload)
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")


def close_frame(code, reason="", **options):
    return frame(CLOSE, struct.pack(">H", code) + reason.encode(), **options)


class Ended(Exception):
    """The server has sent the end of its stream."""


class RawClient:
    """A connection to a Server. `receive_buffer` bounds what the kernel takes in for a client that does not read;
    `source` is the address that it comes from, such as 127.0.0.2.
    """

    def __init__(self, server, receive_buffer=None, source=None):
        if server.host.startswith("unix:"):
            self.socket, address = socket.socket(socket.AF_UNIX), server.host.removeprefix("unix:")
        else:
            ipv6 = ":" in server.host
            self.socket = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            address = (server.host, server.port)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.settimeout(DEADLINE)
        try:
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise
        self._received = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # --- Bytes -----------------------------------------------------------------------------------------------------

    def send(self, data):
        self.socket.sendall(data)

    def send_byte_by_byte(self, data):
        for byte in data:
            self.socket.sendall(bytes([byte]))

    def _take(self, count):
        while len(self._received) < count:
            self._receive_more(count - len(self._received))
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken

    def _receive_more(self, wanted=65536):
        data = self.socket.recv(max(wanted, 65536))
        if not data:
            raise Ended
        self._received += data

    def receive_end(self):
        """Everything until the server ends its stream."""
        try:
            while True:
                self._receive_more()
        except Ended:
            rest, self._received = bytes(self._received), bytearray()
            return rest

    def reset(self):
        """Ends the connection with an RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()

    # --- HTTP ------------------------------------------------------------------------------------------------------

    def receive_head(self):
        """A response without its body: status, headers by lower-case name."""
        while (end := self._received.find(b"\r\n\r\n")) < 0:
            self._receive_more()
        lines = self._take(end + 4).decode("latin-1").split("\r\n")[:-2]
        headers = dict(line.split(": ", 1) for line in lines[1:])
        return int(lines[0].split()[1]), {name.lower(): value for name, value in headers.items()}

    def receive_response(self):
        """A response that the server ends the connection after: status, headers, body."""
        status, headers = self.receive_head()
        return status, headers, self.receive_end()

    def upgrade(self, path="/", **headers):
        """Shakes hands. Returns the response's headers."""
        self.send(request(path, **headers))
        return self.receive_upgrade()

    def receive_upgrade(self):
        status, headers = self.receive_head()
        assert status == 101, (status, headers, bytes(self._received))
        expected = base64.b64encode(hashlib.sha1(KEY.encode() + _GUID).digest()).decode()
        assert headers["sec-websocket-accept"] == expected, headers
        return headers

    # --- Frames ----------------------------------------------------------------------------------------------------

    def receive_frame(self):
        """One frame of the server, which is not compressed: opcode, payload."""
        compressed, opcode, payload = self.receive_deflated_frame()
        assert not compressed, "RSV1 is set"
        return opcode, payload

    def receive_deflated_frame(self):
        """One frame of the server: RSV1, opcode, payload. Servers send neither fragments nor masks."""
        first, second = self._take(2)
        assert first & 0xB0 == 0x80, f"fin and reserved bits: {first:#x}"
        assert second & 0x80 == 0, "a server does not mask"
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(self._take(2 if length == 126 else 8), "big")
        return bool(first & 0x40), first & 0x0F, self._take(length)

    def receive_close(self):
        """Frames up to the close frame: its code and reason."""
        while True:
            opcode, payload = self.receive_frame()
            if opcode == CLOSE:
                code = int.from_bytes(payload[:2], "big") if payload else 1005
                return code, payload[2:].decode()

    def receive_ending(self):
        """A close frame, behind which the server ends its stream: its code and reason."""
        closed = self.receive_close()
        rest = self.receive_end()
        assert rest == b"", rest
        return closed

    # --- Messages of the sentix protocol ---------------------------------------------------------------------------

    def enter(self, path="/", **headers):
        """Shakes hands and takes the welcome. Returns it."""
        self.upgrade(path, **headers)
        return self.expect("welcome")

    @classmethod
    def admitted(cls, server):
        """A client that has taken the welcome, or None where the server has no place for it."""
        client = cls(server)
        client.send(request())
        if client.receive_head()[0] == 101:
            client.expect("welcome")
            return client
        client.close()
        return None

    def command(self, **command):
        self.send(frame(TEXT, json.dumps(command).encode()))

    def receive_message(self):
        """The next text message, as an object. Pings on the way are answered."""
        while True:
            opcode, payload = self.receive_frame()
            if opcode == PING:
                self.send(frame(PONG, payload))
            else:
                assert opcode == TEXT, (opcode, payload)
                return json.loads(payload)

    def expect(self, kind):
        message = self.receive_message()
        assert message["type"] == kind, message
        return message

    def ask(self, kind, **command):
        """Sends a command with an id, and takes the next message, which must be its answer."""
        self.command(id=7, **command)
        answer = self.expect(kind)
        assert answer["id"] == 7, answer
        return answer

    def subscribe(self, channel, **options):
        return self.ask("subscribed", type="subscribe", channel=channel, **options)

    def round_trip(self):
        return self.ask("pong", type="ping")

    def round_trip_past_events(self):
        """A round trip, before whose answer other messages may come."""
        self.command(type="ping", id=8)
        while self.receive_message()["type"] != "pong":
            pass
