"""Nobody gets a second request past a proxy (RFC 9112 §11.2).

Each hostile request is sent to sentix directly, through nginx and through HAProxy, with ordinary ones right behind it.
A tap between proxy and sentix shows what the proxy made of it. Whatever that was: sentix reads it as the one request
that the proxy forwarded, or refuses it, and answers once on a connection; so there is nothing that a proxy could take
for the answer to another client's request. Who does what with which request is printed by readings.py.
"""

import contextlib
import re
import unittest

from support.raw_client import RawClient, request
from support.server import Server

from hostile_requests import HOSTILE, SECOND, page
from proxy import Haproxy, Nginx
from tap import Tap

RESPONSE = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n")
REQUEST = re.compile(rb"([A-Za-z]+) (\S+) HTTP/1\.[01]\r\n((?:[^\r\n]+\r\n)*)\r\n")


def converse(server, data):
    """What comes back for `data` up to the end. Two requests follow, because the first may be taken for its body."""
    received = bytearray()
    with RawClient(server) as client, contextlib.suppress(ConnectionError):
        client.send(data + SECOND + SECOND)
        while more := client.socket.recv(65536):
            received += more
    return received


def split(stream, form):
    """The message that a stream begins with, as a match of `form`, and what stands behind its body (chunks: none)."""
    message = form.match(stream)
    assert message, bytes(stream[:200])
    headers = message[message.lastindex].lower()
    length = re.search(rb"^content-length: (\d+)\r\n", headers, re.MULTILINE)
    size = int(length[1]) if length else len(b"0\r\n\r\n") if b"transfer-encoding: chunked\r\n" in headers else 0
    return message, bytes(stream[message.end() + size :])


def status_of(stream):
    match = RESPONSE.match(stream)
    return int(match[1]) if match else None


class Directly(unittest.TestCase):
    def test_sentix_answers_once_and_closes(self):
        with Server("--page", "chat") as server:
            for name, (expected, data) in HOSTILE.items():
                with self.subTest(name):
                    response, behind = split(converse(server, data), RESPONSE)
                    self.assertEqual(int(response[1]), expected)
                    if expected != 101:
                        self.assertEqual(behind, b"")


class Behind:
    """The tests, of which there is a class for each proxy."""

    proxy = None

    @classmethod
    def setUpClass(cls):
        cls.tap = cls.enterClassContext(Tap(cls.enterClassContext(Server("--page", "chat"))))
        cls.front = cls.enterClassContext(cls.proxy(cls.tap))

    def test_ordinary_requests_arrive(self):
        for data, expected in ((page(), [200, 404]), (request(), [101])):
            converse(self.front, data)
            self.assertEqual([status_of(each.answered) for each in self.tap.take()], expected)

    def test_sentix_answers_what_the_proxy_asked_and_nothing_else(self):
        for name, (_, data) in HOSTILE.items():
            with self.subTest(name):
                converse(self.front, data)
                for conversation in self.tap.take():
                    self.check(conversation)

    def check(self, conversation):
        response, behind = split(conversation.answered, RESPONSE)
        asked, unread = split(conversation.asked, REQUEST)
        if response[1] == b"101":
            self.assertEqual((asked[1], asked[2].removeprefix(b"http://localhost")), (b"GET", b"/"))
            self.assertRegex(asked[3], rb"(?im)^upgrade:\s+websocket\s*\r\n")
            self.assertNotRegex(asked[3], rb"(?im)^(transfer-encoding|content-length: [^0])")
        else:
            self.assertEqual((behind, unread), (b"", b""))
        if asked[2] == b"/second":
            self.assertEqual(response[1], b"404")


class BehindNginx(Behind, unittest.TestCase):
    proxy = Nginx


class BehindHaproxy(Behind, unittest.TestCase):
    proxy = Haproxy


if __name__ == "__main__":
    unittest.main()
