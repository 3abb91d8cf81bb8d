"""Handshakes over real sockets (RFC 6455 §4, RFC 9112).

Each refusal has its status, and arrives whatever the client still sends.
"""

import hashlib
import unittest

from support.eventually import eventually
from support.raw_client import HANDSHAKE, TEXT, RawClient, frame, request
from support.server import Server

# Enough that the server cannot have read it all when it refuses, and less than what it discards at most.
STILL_SENDING = b"X-More: " + b"x" * 1000 + b"\r\n"
STILL_SENDING_TIMES = 1000

TOKEN = "a token of jane"
CONFIG = f"""
handshake_timeout = "500ms"
origins = ["https://good.example"]

[[auth.users]]
username = "jane"
token_sha256 = "{hashlib.sha256(TOKEN.encode()).hexdigest()}"
"""


def head(*lines):
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


PLAIN = {"Host": "localhost"}

REFUSED = {
    "bare LF": (b"GET / HTTP/1.1\nHost: localhost\r\n\r\n", 400),
    "bare CR": (b"GET / HTTP/1.1\r\nHost: local\rhost\r\n\r\n", 400),
    "folded header": (head("GET / HTTP/1.1", "Host: localhost", "X-A: b", " c"), 400),
    "space before the colon": (head("GET / HTTP/1.1", "Host : localhost"), 400),
    "no host": (request(host=None), 400),
    "two hosts": (head("GET / HTTP/1.1", "Host: a", "Host: a"), 400),
    "two keys": (request().replace(b"Upgrade: w", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nUpgrade: w"), 400),
    "two versions": (request().replace(b"Upgrade: w", b"Sec-WebSocket-Version: 13\r\nUpgrade: w"), 400),
    "two lengths": (request().replace(b"Upgrade: w", b"Content-Length: 0\r\nContent-Length: 0\r\nUpgrade: w"), 400),
    "length and chunks": (request(content_length="5", transfer_encoding="chunked"), 400),
    "no key": (request(sec_websocket_key=None), 400),
    "a short key": (request(sec_websocket_key="dGhlIHNhbXBsZSBub25j"), 400),
    "no version": (request(sec_websocket_version=None), 400),
    "no upgrade": (request(upgrade=None), 400),
    "no connection": (request(connection="keep-alive"), 400),
    "a list of protocols that is none": (request(sec_websocket_protocol="a b"), 400),
    "a wrong token of a page": (request("/?token=wrong", headers=PLAIN), 401),
    "a wrong bearer of a page": (request("/", headers=PLAIN, authorization="Bearer wrong"), 401),
    "a foreign origin": (request(origin="https://evil.example"), 403),
    "no such path": (request("/elsewhere"), 404),
    "no such page": (request("/elsewhere", headers=PLAIN), 404),
    "no page where WebSockets open": (request("/ws", headers=PLAIN), 426),
    "a method": (request(method="POST", headers=PLAIN), 405),
    "a method of a handshake": (request(method="PUT"), 405),
    "a body": (request(content_length="5") + b"hello", 413),
    "a chunked body": (request(transfer_encoding="chunked"), 413),
    "version 12": (request(sec_websocket_version="12"), 426),
    "a long line": (head("GET / HTTP/1.1", "Host: localhost", "X-A: " + "b" * 9000), 431),
    "a long target": (head("GET /" + "a" * 9000 + " HTTP/1.1", "Host: localhost"), 431),
    "many headers": (head("GET / HTTP/1.1", "Host: localhost", *(f"X-{i}: a" for i in range(200))), 431),
    "a large head": (head("GET / HTTP/1.1", "Host: localhost", *(f"X-{i}: " + "a" * 4000 for i in range(6))), 431),
    "HTTP/2.0": (head("GET / HTTP/2.0", "Host: localhost"), 505),
    "a handshake over HTTP/1.0": (request(version="HTTP/1.0"), 505),
}


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("--page", "chat", config=CONFIG))

    def refusal(self, data, server=None):
        with RawClient(server or self.server) as client:
            client.send(data)
            return client.receive_response()

    def test_each_has_its_status(self):
        for name, (data, expected) in REFUSED.items():
            with self.subTest(name):
                status, headers, body = self.refusal(data)
                self.assertEqual(status, expected, body)
                self.assertIn("close", headers["connection"])
                self.assertEqual(int(headers["content-length"]), len(body))

    def test_each_arrives_while_the_client_still_sends(self):
        """A close() with input unread would make the kernel send a reset, and the response would be lost."""
        for name, (data, expected) in REFUSED.items():
            with self.subTest(name), RawClient(self.server) as client:
                client.send(data + STILL_SENDING * STILL_SENDING_TIMES)
                self.assertEqual(client.receive_response()[0], expected)

    def test_headers_that_a_status_owes(self):
        self.assertEqual(self.refusal(REFUSED["version 12"][0])[1]["sec-websocket-version"], "13")
        self.assertEqual(self.refusal(REFUSED["a method"][0])[1]["allow"], "GET, HEAD")
        self.assertEqual(self.refusal(REFUSED["a wrong token of a page"][0])[1]["www-authenticate"], "Bearer")

    def test_a_request_that_never_ends_is_refused_with_408(self):
        for beginning in (b"", b"GET / HTTP/1.1\r\nHost: local", request()[:-2]):
            with self.subTest(beginning):
                self.assertEqual(self.refusal(beginning)[0], 408)

    def test_a_page_needs_no_token_but_no_wrong_one(self):
        in_query = f"/?token={TOKEN.replace(' ', '%20')}"
        for path, headers in (("/", {}), (in_query, {}), ("/", {"authorization": f"Bearer {TOKEN}"})):
            with self.subTest(path=path, headers=headers):
                status, fields, body = self.refusal(request(path, headers=PLAIN, **headers))
                self.assertEqual(status, 200)
                self.assertIn(b"<html", body)
                self.assertIn("content-security-policy", fields)

    def test_head_has_the_headers_of_get_and_no_body(self):
        _, of_get, page = self.refusal(request("/", headers=PLAIN))
        status, of_head, body = self.refusal(request("/", method="HEAD", headers=PLAIN))
        self.assertEqual((status, of_head, body), (200, of_get, b""))
        self.assertEqual(int(of_head["content-length"]), len(page))

    def test_the_configured_origin_and_none_at_all_may_connect(self):
        for headers in ({}, {"origin": "https://good.example"}, {"origin": "HTTPS://GOOD.example"}):
            with self.subTest(headers), RawClient(self.server) as client:
                client.enter(**headers)


class Limits(unittest.TestCase):
    def refused(self, server, expected):
        with RawClient(server) as client:
            client.send(request() + STILL_SENDING * STILL_SENDING_TIMES)
            status, headers, _ = client.receive_response()
            self.assertEqual(status, expected)
            self.assertIn("retry-after", headers)

    def check_one_place(self, flag, status, workers):
        with Server(flag, 1, "--workers", workers) as server:
            for _ in range(3):
                client = eventually(lambda: RawClient.admitted(server), "the place is never free again")
                self.enterContext(client)
                for _ in range(4):
                    self.refused(server, status)
                client.round_trip()
                client.close()

    def test_a_full_server_refuses_with_503(self):
        self.check_one_place("--max-clients", 503, workers=1)
        self.check_one_place("--max-clients", 503, workers=2)

    def test_a_full_address_is_refused_with_429(self):
        self.check_one_place("--max-clients-per-address", 429, workers=2)

    def test_the_oldest_handshake_makes_room_for_the_newest(self):
        with Server("--max-handshakes", 4, "--workers", 1) as server:
            waiting = [self.enterContext(RawClient(server)) for _ in range(8)]
            for client in waiting[:4]:
                self.assertEqual(client.receive_response()[0], 503)
            for client in waiting[4:]:
                client.enter()

    def test_whoever_comes_to_a_worker_without_strangers_finds_room_all_the_same(self):
        with Server("--max-handshakes", 1, "--workers", 2) as server:
            with RawClient(server) as first:
                first.enter()
                one = server.descriptors()
            for _ in range(20):  # to either worker, while the only place is taken at either
                eventually(lambda: server.descriptors() < one, "a client is still there")
                with RawClient(server) as waiting:
                    eventually(lambda: server.descriptors() == one, "nobody was accepted")
                    with RawClient(server) as client:
                        client.enter()
                    self.assertEqual(waiting.receive_response()[0], 503)

    def test_without_a_page_a_browser_gets_426(self):
        with Server("--page", "none") as server, RawClient(server) as client:
            client.send(request("/", headers=PLAIN))
            status, headers, _ = client.receive_response()
            self.assertEqual((status, headers["upgrade"], headers["sec-websocket-version"]), (426, "websocket", "13"))


class Accepted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def client(self):
        return self.enterContext(RawClient(self.server))

    def test_both_paths(self):
        for path in ("/", "/ws", "/?room=1", "/ws?"):
            with self.subTest(path):
                self.client().enter(path)

    def test_names_and_tokens_ignore_case_and_lists_are_lists(self):
        fields = {name.upper(): value for name, value in HANDSHAKE.items()}
        fields.update({"UPGRADE": "h2c, WebSocket", "CONNECTION": "keep-alive, UPGRADE"})
        client = self.client()
        client.send(request(headers=fields))
        client.receive_upgrade()
        client.expect("welcome")

    def test_subprotocol(self):
        ours = "sentix.v1"
        offered = {ours: ours, f"other, {ours}": ours, f"{ours}, other": ours, "other": None}
        for list_of_names, selected in offered.items():
            with self.subTest(list_of_names):
                headers = self.client().upgrade(sec_websocket_protocol=list_of_names)
                self.assertEqual(headers.get("sec-websocket-protocol"), selected)
        self.assertNotIn("sec-websocket-protocol", self.client().upgrade())

    def test_byte_by_byte(self):
        client = self.client()
        client.send_byte_by_byte(request() + frame(TEXT, b'{"type":"ping","id":1}'))
        client.receive_upgrade()
        client.expect("welcome")
        self.assertEqual(client.expect("pong")["id"], 1)

    def test_cut_at_every_byte(self):
        data = request() + frame(TEXT, b'{"type":"ping","id":1}')
        for cut in range(1, len(data)):
            with RawClient(self.server) as client:
                client.send(data[:cut])
                client.send(data[cut:])
                client.receive_upgrade()
                client.expect("welcome")
                self.assertEqual(client.expect("pong")["id"], 1)

    def test_bytes_behind_the_request_are_not_lost(self):
        client = self.client()
        pings = b"".join(frame(TEXT, b'{"type":"ping","id":%d}' % i) for i in range(100))
        client.send(request() + pings + pings[:3])
        client.receive_upgrade()
        client.expect("welcome")
        self.assertEqual([client.expect("pong")["id"] for _ in range(100)], list(range(100)))
        client.send(pings[3:])
        self.assertEqual(client.expect("pong")["id"], 0)


if __name__ == "__main__":
    unittest.main()
