"""Clients that do much of something: connect, send frames, subscribe, publish, guess credentials."""

import hashlib
import json
import unittest

from support.attack import AttackTest, Flood
from support.eventually import eventually
from support.raw_client import CONTINUATION, PING, PONG, TEXT, RawClient, frame, request
from support.server import sanitizers

CONFIG = """
workers = 2
max_message_bytes = "64KiB"
outbox_hard_bytes = "1MiB"
"""
USERS = f"""
[auth]
enabled = true
[[auth.users]]
username = "jane"
token_sha256 = "{hashlib.sha256(b"secret").hexdigest()}"
"""


def commands(*texts):
    return b"".join(frame(TEXT, json.dumps(text).encode()) for text in texts)


def channels(kind):
    return [{"type": kind, "channel": f"flood-{i}", "id": i} for i in range(200)]


FLOODS = {
    "pings": frame(PING, b"x" * 125) * 500,
    "empty pings": frame(PING) * 5000,
    "pongs that nobody asked for": frame(PONG, b"x" * 125) * 500,
    "empty messages": frame(TEXT) * 5000,
    "messages that are no commands": frame(TEXT, b"[" * 60 + b"]" * 60) * 500,
    "subscriptions that end at once": commands(*channels("subscribe"), *channels("unsubscribe")),
    "ever new channels": commands(*channels("publish")),
    "publications to nobody else": commands(
        {"type": "subscribe", "channel": "own"}, *[{"type": "publish", "channel": "own", "data": "x" * 500}] * 100
    ),
    "histories": commands(*[{"type": "history", "channel": "bystander", "limit": 1000, "id": 1}] * 300),
}
FRAGMENTS = frame(CONTINUATION, fin=False) * 5000  # of a message that never ends


class Frames(AttackTest):
    """Without any rate limit: what the server does of itself."""

    def check(self, name, data, begin=b"", reads=True):
        server, before = self.server, self.server.rss_bytes()
        clients = self.attackers(2, receive_buffer=65536)
        for client in clients:
            client.send(begin)
        with self.subTest(name, reads=reads), Flood(clients, data, reads) as flood:
            self.bystander.goes_on(40)
            if not sanitizers():
                self.assertLess(server.rss_bytes() - before, 32 << 20)
            self.assertTrue(flood.sent_bytes)
        for client in clients:
            client.close()

    def test_floods_of_who_reads_the_answers(self):
        self.serve(config=CONFIG)
        for name, data in FLOODS.items():
            self.check(name, data)
        self.check("fragments without end", FRAGMENTS, frame(TEXT, fin=False))

    def test_floods_of_who_does_not(self):
        self.serve(config=CONFIG)
        for name, data in FLOODS.items():
            self.check(name, data, reads=False)


class Rates(AttackTest):
    """What a limit makes of them: the bystander has another address, and none is his."""

    LIMITS = (
        ("messages_per_address", "pings"),
        ("messages_per_address", "pongs that nobody asked for"),
        ("messages_per_address", "empty pings"),
        ("messages_per_address", "empty messages"),
        ("messages_per_connection", "subscriptions that end at once"),
        ("bytes_per_address", "publications to nobody else"),
        ("subscribes_per_address", "subscriptions that end at once"),
    )
    RATES = {"messages": "2000/s", "bytes": "1MiB/s", "subscribes": "50/h"}  # more than the bystander needs

    def test_each_limit_closes_with_4102_and_tells_which(self):
        for setting, flood in self.LIMITS:
            with self.subTest(setting=setting, flood=flood):
                rate = self.RATES[setting.partition("_")[0]]
                self.serve(config=f'[rate]\n{setting} = "{rate} close"\n')
                with Flood(self.attackers(1), FLOODS[flood]):
                    line = self.logs("rate_limited", code=4102)
                self.assertIn(f"Too fast: rate.{setting} is ", line["sentence"])
                self.bystander.goes_on()


    def test_fragments_of_a_message_that_never_ends_count_as_messages(self):
        self.serve(config='[rate]\nmessages_per_address = "2000/s close"\n')
        (client,) = self.attackers(1)
        client.send(frame(TEXT, fin=False))
        with Flood([client], FRAGMENTS):
            line = self.logs("rate_limited", code=4102)
        self.assertIn("Too fast: rate.messages_per_address is 2000 a second.", line["sentence"])
        self.bystander.goes_on()

    def test_who_is_throttled_is_not_read_from_amid_a_message_either(self):
        self.serve(config='[rate]\nmessages_per_address = "2000/s throttle"\n')
        (client,) = self.attackers(1)
        client.send(frame(TEXT, fin=False))
        with Flood([client], FRAGMENTS) as flood:
            self.bystander.goes_on(100)
        # What the kernel holds at either end and what a second and more allow, of 6 bytes each.
        self.assertLess(flood.sent_bytes, 16 << 20)


class Connects(AttackTest):
    def test_thousands_of_connections_that_say_nothing(self):
        server = self.serve("--workers", 2, "--max-handshakes", 50)
        base = server.descriptors()
        for i in range(3000):
            client = self.attacker()
            (RawClient.reset, RawClient.close)[i % 2](client)
        held = [self.attacker() for _ in range(300)]
        self.bystander.goes_on()
        self.logs("too_many_handshakes", setting="max_handshakes", limit=50)
        with RawClient(server) as late:
            late.enter()
        for client in held:
            client.close()
        eventually(lambda: server.descriptors() <= base, lambda: f"{server.descriptors()} descriptors, not {base}")

    def test_one_address_cannot_take_all_places(self):
        self.serve("--max-clients", 100, "--max-clients-per-address", 10)
        clients = self.attackers(10)
        for _ in range(100):
            client = self.attacker()
            client.send(request())
            self.assertEqual(client.receive_head()[0], 429)
            client.close()
        self.bystander.goes_on()
        self.logs("address_full", 100, code=429, setting="max_clients_per_address", limit=10)
        clients[0].close()
        eventually(self.finds_a_place, "the place of one who left is not free")

    def finds_a_place(self):
        client = self.attacker()
        client.send(request())
        return client.receive_head()[0] == 101


class Credentials(AttackTest):
    def test_guessing_ends_after_max_attempts_and_then_at_the_rate_of_the_address(self):
        limits = '[rate]\nauth_failures_per_address = "9/h close"\n'
        self.serve(config=USERS + limits, handshake={"path": "/?token=secret"})
        for reason, told in [("not_authenticated", 4001)] * 3 + [("rate_limited", 4102)] * 20:
            (client,) = self.attackers(1)
            client.send(commands(*[{"type": "authenticate", "credentials": {"token": "guess"}}] * 50))
            self.assertEqual(client.receive_close()[0], told)
            self.assertEqual(self.logs(reason)["code"], told)
            client.close()
        self.assertIn("rate.auth_failures_per_address is 9 an hour", self.logs("rate_limited")["sentence"])
        self.bystander.goes_on()
        self.assertNotIn("guess", self.server.log())

    def test_who_does_not_authenticate_goes(self):
        self.serve("--auth-timeout", "1s", config=USERS, handshake={"path": "/?token=secret"})
        clients = self.attackers(20)
        self.logs("authentication_timeout", 20, code=4108, setting="auth.timeout", limit=1000)
        for client in clients:
            self.assertEqual(client.receive_close(), (4108, "not authenticated in time: auth.timeout is 1000 ms"))
        self.bystander.goes_on()


if __name__ == "__main__":
    unittest.main()
