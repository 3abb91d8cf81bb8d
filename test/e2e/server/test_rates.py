"""Rate limits: what becomes of who is over one, while a bystander at another address notices nothing."""

import hashlib
import signal
import time
import unittest

from support.raw_client import PING, PONG, RawClient, frame, request
from support.server import Server

FLOODER = "127.0.0.2"
JANE = f"""
[[auth.users]]
username = "jane"
token_sha256 = "{hashlib.sha256(b"secret").hexdigest()}"
"""


class Rates(unittest.TestCase):
    def serve(self, limits, users="", settings=""):
        server = self.enterContext(Server(config=f"{settings}[rate]\n{limits}\n{users}"))
        self.bystander = self.enterContext(RawClient(server))
        self.bystander.enter()
        return server

    def flooder(self, server):
        return self.enterContext(RawClient(server, source=FLOODER))

    def test_throttling_loses_nothing_and_takes_its_time(self):
        server = self.serve('messages_per_address = "10/s burst 5"')
        client = self.flooder(server)
        client.enter()
        began = time.monotonic()
        client.send(b"".join(frame(PING, b"%d" % i) for i in range(30)))
        self.bystander.round_trip()
        for i in range(30):
            self.assertEqual(client.receive_frame(), (PONG, b"%d" % i))
        self.assertGreater(time.monotonic() - began, 2)  # 25 of them at 10 a second
        self.bystander.round_trip()

    def test_an_error_names_the_limit_and_nothing_else_happens(self):
        server = self.serve('messages_per_address = "5/h error"')
        client = self.flooder(server)
        client.enter()
        for _ in range(5):
            client.round_trip()
        for _ in range(3):
            refused = client.ask("error", type="ping")
            self.assertEqual(refused["code"], "rate_limited")
            self.assertIn("Too fast: rate.messages_per_address is 5 an hour. Try again in ", refused["message"])
            self.bystander.round_trip()

    def test_closing_names_it_too(self):
        server = self.serve('bytes_per_connection = "1KiB/h close"')
        client = self.flooder(server)
        client.enter()
        client.round_trip()
        client.command(type="publish", channel="a", data="x" * 1000)
        client.command(type="publish", channel="a", data="x" * 1000)
        self.bystander.round_trip()
        self.assertEqual(client.receive_close(), (4102, "Too fast: rate.bytes_per_connection is 1024 an hour."))
        server.says("rate_limited 4102 (Too fast: rate.bytes_per_connection")

    def test_pongs_count_but_those_that_answer_a_ping(self):
        server = self.serve('messages_per_address = "5/h close"', settings='ping_interval = "100ms"\n')
        client = self.flooder(server)
        client.enter()
        for _ in range(10):
            opcode, payload = client.receive_frame()
            self.assertEqual(opcode, PING)
            client.send(frame(PONG, payload))
        client.send(frame(PONG) * 10)
        self.assertEqual(client.receive_close(), (4102, "Too fast: rate.messages_per_address is 5 an hour."))

    def test_subscriptions(self):
        server = self.serve('subscribes_per_address = "2/h error"')
        client = self.flooder(server)
        client.enter()
        for channel in ("a", "b"):
            client.subscribe(channel)
        refused = client.ask("error", type="subscribe", channel="c")
        self.assertIn("rate.subscribes_per_address is 2 an hour", refused["message"])
        client.round_trip()
        self.bystander.subscribe("c")

    def test_connections_of_one_address(self):
        server = self.serve('connections_per_address = "3/h close"')
        for _ in range(3):
            self.flooder(server).enter()
        for _ in range(20):
            client = self.flooder(server)
            try:
                self.assertEqual(client.receive_end(), b"")
            except ConnectionResetError:
                pass
            self.bystander.round_trip()
        server.says("rate_limited (Too fast: rate.connections_per_address is 3 an hour.)")

    def test_connections_that_are_told_so(self):
        server = self.serve('connections_per_address = "1/h error"')
        self.flooder(server).enter()
        client = self.flooder(server)
        client.send(request())
        self.assertEqual(client.receive_response()[0], 429)
        self.bystander.round_trip()

    def test_credentials_are_not_tried_out(self):
        server = self.serve('auth_failures_per_address = "2/h close"', JANE)

        def tries(client, token):
            client.command(type="authenticate", id=1, credentials={"username": "jane", "token": token})

        for _ in range(2):
            client = self.flooder(server)
            client.enter()
            tries(client, "guess")
            self.assertEqual(client.expect("error")["code"], "unauthenticated")
        client = self.flooder(server)
        client.enter()
        tries(client, "secret")  # it would be right
        self.assertEqual(client.receive_close()[0], 4102)
        client = self.flooder(server)
        client.upgrade("/?token=secret")
        self.assertEqual(client.receive_close()[0], 4102)
        client = self.flooder(server)
        client.send(b"GET /?token=secret HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertEqual(client.receive_head()[0], 429)
        tries(self.bystander, "secret")
        self.bystander.expect("authenticated")

    def test_who_is_throttled_goes_on_when_the_limit_is_gone(self):
        server = self.serve('messages_per_address = "1/h"')
        client = self.flooder(server)
        client.enter()
        client.send(frame(PING, b"1") + frame(PING, b"2") + frame(PING, b"3"))
        self.assertEqual([client.receive_frame()[1] for _ in range(2)], [b"1", b"2"])
        (server.folder / "sentix.toml").write_text("", encoding="utf-8")
        server.child.send_signal(signal.SIGHUP)
        self.assertEqual(client.receive_frame()[1], b"3")


if __name__ == "__main__":
    unittest.main()
