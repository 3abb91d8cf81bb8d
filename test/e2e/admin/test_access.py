"""Who may ask the admin listener: tokens, proxies, and pages in browsers."""

import socket
import unittest

from support.admin import AdminServer
from support.eventually import DEADLINE

TOKEN = "a-long-random-text"


def own_address():
    """An address of this machine that is not loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only chooses a way out
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith(("127.", "0.")) else address


class AccessTest(unittest.TestCase):
    def test_pages_of_other_sites_are_refused(self):
        with AdminServer("--admin-hosts", "sentix.internal") as server:
            port = server.admin.port
            for headers, expected in (
                ({"Host": f"127.0.0.1:{port}"}, 200),
                ({"Host": f"localhost:{port}"}, 200),
                ({"Host": f"sentix.internal:{port}"}, 200),
                ({"Host": f"[::1]:{port}"}, 200),
                ({"Host": f"rebound.example:{port}"}, 403),  # DNS rebinding: its name leads here
                ({"Host": f"localhost:{port}", "Origin": "https://evil.example"}, 403),
                ({"Host": f"localhost:{port}", "Origin": "null"}, 403),
                ({"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}, 200),
            ):
                with self.subTest(headers=headers):
                    body = '{"channel":"a","data":1}'
                    self.assertEqual(server.admin.ask("GET", "/health", headers=headers).status, expected)
                    self.assertEqual(server.admin.post("/api/publish", body, headers).status, expected)

    def test_a_form_cannot_publish(self):
        with AdminServer() as server:
            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
                answer = server.admin.ask("POST", "/api/publish", '{"channel":"a","data":1}', {"Content-Type": kind})
                self.assertEqual((answer.status, answer.json["code"]), (415, "unsupported_media_type"))
            self.assertEqual(server.admin.metric("sentix_admin_publications_total"), 0)

    def test_what_comes_through_a_proxy_needs_the_token(self):
        right, wrong = {"Authorization": f"Bearer {TOKEN}"}, {"Authorization": "Bearer x"}
        forwarded = {"X-Forwarded-For": "127.0.0.1"}
        with AdminServer("--admin-token", TOKEN) as server:
            for headers, expected in (
                ({}, 200),
                (right, 200),
                (wrong, 401),
                (forwarded, 401),
                ({**forwarded, **wrong}, 401),
                ({**forwarded, **right}, 200),
                ({"Forwarded": "for=127.0.0.1"}, 401),
            ):
                with self.subTest(headers=headers):
                    answer = server.admin.ask("GET", "/metrics", headers=headers)
                    self.assertEqual(answer.status, expected)
                    if expected == 401:
                        self.assertEqual(answer.headers["www-authenticate"], "Bearer")
            self.assertNotIn(TOKEN, server.log())

    def test_without_a_token_the_answer_names_the_setting(self):
        with AdminServer() as server:
            answer = server.admin.ask("GET", "/health", headers={"Via": "1.1 proxy"})
            self.assertEqual((answer.status, answer.json["code"]), (403, "forbidden"))
            self.assertIn("admin_token", answer.json["message"])

    def test_other_machines_need_the_token(self):
        address = own_address()
        if address is None:
            self.skipTest("this machine has no address but loopback")
        with AdminServer("--admin-token", TOKEN, address=f"{address}:0") as server:
            for headers, expected in (("", 401), (f"Authorization: Bearer {TOKEN}\r\n", 200)):
                with socket.create_connection((address, server.admin.port), DEADLINE) as client:
                    client.sendall(f"GET /health HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n".encode())
                    self.assertIn(f" {expected} ".encode(), client.recv(4096).split(b"\r\n")[0])


if __name__ == "__main__":
    unittest.main()
