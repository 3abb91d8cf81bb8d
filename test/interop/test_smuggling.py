"""Requests that a proxy and sentix might read differently (RFC 9112 §11.2): nobody gets a second request through.

Each hostile request is sent through nginx and through HAProxy, with another request right behind it. A tap between
proxy and sentix shows what the proxy made of it. Whatever that was: sentix reads it as the one request that the proxy
forwarded, or refuses it, and answers once on a connection; so there is nothing that a proxy could take for the answer
to another client's request.
"""

import contextlib
import re
import unittest

from support.raw_client import RawClient, request
from support.server import Server

from proxy import Haproxy, Nginx
from tap import Tap

SECOND = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def head(*lines):
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def plain(*lines):
    return head("GET / HTTP/1.1", "Host: localhost", *lines)


HOSTILE = {
    "a length and chunks": plain("Content-Length: 4", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "chunks and a length": plain("Transfer-Encoding: chunked", f"Content-Length: {len(SECOND)}") + b"0\r\n\r\n",
    "two lengths": plain("Content-Length: 0", f"Content-Length: {len(SECOND)}"),
    "a list of lengths": plain(f"Content-Length: 0, {len(SECOND)}"),
    "a signed length": plain(f"Content-Length: +{len(SECOND)}"),
    "a length of the second request": plain(f"Content-Length: {len(SECOND)}"),
    "space before the colon of a length": plain(f"Content-Length : {len(SECOND)}"),
    "a length in a folded line": plain("X-A: b", f" Content-Length: {len(SECOND)}"),
    "a tab before chunked": plain("Transfer-Encoding:\tchunked") + b"0\r\n\r\n",
    "an unknown coding": plain("Transfer-Encoding: xchunked") + b"0\r\n\r\n",
    "two codings": plain("Transfer-Encoding: chunked", "Transfer-Encoding: identity") + b"0\r\n\r\n",
    "a vertical tab in a coding": plain("Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n",
    "a bare LF in a value": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\nContent-Length: 4\r\n\r\n",
    "a bare CR in a value": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\rContent-Length: 4\r\n\r\n",
    "a head that ends with bare LFs": b"GET / HTTP/1.1\nHost: localhost\n\n",
    "NUL in a value": plain("X-A: b\0c"),
    "NUL in a name": plain("X\0A: b"),
    "two hosts": plain("Host: other"),
    "an absolute target of another host": head("GET http://other/ HTTP/1.1", "Host: localhost"),
    "a line break in the target": head("GET /%0d%0aX-A:b HTTP/1.1", "Host: localhost"),
    "a space in the target": head("GET /a b HTTP/1.1", "Host: localhost"),
    "a second request in the target": head("GET / HTTP/1.1\tHTTP/1.0", "Host: localhost"),
    "HTTP/1.0 with an upgrade": request(version="HTTP/1.0"),
    "HTTP/0.9": b"GET /\r\n",
    "a method with a length": head("POST / HTTP/1.1", "Host: localhost", f"Content-Length: {len(SECOND)}"),
    "an upgrade of a version that there is not": request(sec_websocket_version="12"),
    "an upgrade without a key": request(sec_websocket_key=None),
    "an upgrade with a body": request(content_length=str(len(SECOND))),
    "an upgrade with chunks": request(transfer_encoding="chunked") + b"0\r\n\r\n",
    "an upgrade of a POST": request(method="POST"),
    "an upgrade to h2c": plain("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
    "an empty line before the request": b"\r\n" + plain(),
    "a header that is named like the head's end": plain(": b"),
}
RESPONSE = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n")
REQUEST = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.[01]\r\n((?:[^\r\n]+\r\n)*)\r\n")


def split(stream, form):
    """The message that a stream begins with, as a match of `form`, and what stands behind the body (chunks: none)."""
    message = form.match(stream)
    assert message, bytes(stream[:200])
    headers = message[message.lastindex].lower()
    length = re.search(rb"^content-length: (\d+)\r\n", headers, re.MULTILINE)
    size = int(length[1]) if length else len(b"0\r\n\r\n") if b"transfer-encoding: chunked\r\n" in headers else 0
    return message, stream[message.end() + size :]


class Smuggling:
    proxy = None

    def test_sentix_answers_what_the_proxy_asked_and_nothing_else(self):
        for name, hostile in HOSTILE.items():
            with self.subTest(name), Server("--handshake-timeout", "300ms") as server, Tap(server) as tap:
                with self.proxy(tap) as proxy, RawClient(proxy) as client:
                    client.send(hostile + SECOND)
                    with contextlib.suppress(ConnectionResetError):
                        client.socket.settimeout(2)
                        with contextlib.suppress(TimeoutError):
                            client.receive_end()
                for conversation in tap.conversations:
                    self.check(conversation)

    def check(self, conversation):
        if not conversation.answered:
            return
        response, behind = split(conversation.answered, RESPONSE)
        asked, unread = split(conversation.asked, REQUEST)
        if response[1] == b"101":
            self.assertEqual((asked[1], asked[2]), (b"GET", b"/"))
            self.assertRegex(asked[3], rb"(?im)^upgrade: websocket\r\n")
        else:
            self.assertEqual((bytes(behind), bytes(unread)), (b"", b""))


class SmugglingThroughNginx(Smuggling, unittest.TestCase):
    proxy = Nginx


class SmugglingThroughHaproxy(Smuggling, unittest.TestCase):
    proxy = Haproxy


if __name__ == "__main__":
    unittest.main()
