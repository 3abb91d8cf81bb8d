"""Clients that take their time, in every phase that a connection has (slow loris), all at once."""

import contextlib
import itertools
import json
import socket
import unittest

from support.attack import AttackTest
from support.certificates import Authority, tls_flags
from support.eventually import eventually
from support.raw_client import CONTINUATION, TEXT, RawClient, frame, request
from support.server import sanitizers
from support.tls_client import TlsClient

EACH = 15
CONFIG = """
workers = 2
handshake_timeout = "2s"
ping_interval = "1s"
pong_timeout = "3s"
stall_timeout = "3s"
close_timeout = "1s"
outbox_soft_bytes = "64KiB"
"""
PUBLISH = json.dumps({"type": "publish", "channel": "full", "data": "x" * 60_000}).encode()


class Trickle:
    """Sends one byte of `data` after the other, again and again, on each of the clients."""

    def __init__(self, clients, data):
        self.clients = clients
        self.rest = itertools.cycle(data)

    def send(self):
        byte = bytes([next(self.rest)])
        for client in self.clients:
            with contextlib.suppress(OSError):  # it has been cut off already
                client.socket.send(byte)


class Slow(AttackTest):
    def trickle_until(self, reason, count, *slow):
        """Goes on sending slowly until so many lines of the log have that reason."""

        def all_have_ended():
            for each in slow:
                each.send()
            return len(self.lines(reason)) >= count

        eventually(all_have_ended, lambda: f"{len(self.lines(reason))} times {reason}, not {count}")
        self.bystander.goes_on()

    def test_a_request_that_never_comes_ends_with_408(self):
        self.serve(config=CONFIG)
        silent = [self.attacker() for _ in range(EACH)]
        slow = [self.attacker() for _ in range(EACH)]
        self.trickle_until("handshake_timeout", 2 * EACH, Trickle(slow, request()[:-2] + b"X: " + b"x" * 4000))
        self.logs("handshake_timeout", 2 * EACH, code=408, setting="handshake_timeout", limit=2000, unit="ms")
        for client in silent:
            self.assertIn(b"HTTP/1.1 408 ", client.receive_end())

    def test_tls_that_never_begins_is_dropped(self):
        with Authority() as authority:
            context, flags = authority.client_context(), tls_flags(authority.certificate("localhost"))
            self.serve(*flags, config=CONFIG, connect=lambda server: TlsClient(server, context))
            silent = [self.attacker() for _ in range(EACH)]
            slow = [self.attacker() for _ in range(EACH)]
            hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)
            self.trickle_until("handshake_timeout", 2 * EACH, Trickle(slow, hello))
            self.logs("handshake_timeout", 2 * EACH, setting="handshake_timeout", limit=2000)
            for client in silent:
                self.assertEqual(client.receive_end(), b"")

    def test_who_answers_no_ping_is_closed_and_who_sends_slowly_costs_what_he_sent(self):
        server = self.serve(config=CONFIG)
        before = server.rss_bytes()
        silent = self.attackers(EACH)
        in_header, in_message = self.attackers(EACH), self.attackers(EACH)
        for client in in_message:
            client.send(frame(TEXT, b'"', fin=False))
        fragments = frame(CONTINUATION, b"x", fin=False) * 10
        header = frame(TEXT, b"", mask=bytes(4), length=1 << 19, length_bytes=8) + b" " * 1000
        fragments = frame(CONTINUATION, b"x", fin=False) * 10
        self.trickle_until("no_pong", EACH, Trickle(in_header, header), Trickle(in_message, fragments))
        self.logs("no_pong", EACH, code=4201, setting="pong_timeout", limit=3000)
        for client in silent:
            self.assertEqual(client.receive_close(), (4201, "no answer to a ping: pong_timeout is 3000 ms"))
        if not sanitizers():
            self.assertLess(server.rss_bytes() - before, 16 << 20)

    def test_who_does_not_read_his_answers_is_dropped(self):
        self.serve(config=CONFIG)
        clients = self.attackers(EACH, receive_buffer=16384)
        ask = frame(TEXT, b'{"type":"ping","id":"' + b"x" * 60 + b'"}') * 200
        for client in clients:
            client.socket.setblocking(False)

        def all_are_stalled():
            for client in clients:
                try:
                    client.socket.send(ask)
                except OSError:
                    pass  # the server takes no more of it, or has dropped it
            return len(self.lines("stalled")) == EACH

        eventually(all_are_stalled, lambda: self.lines("stalled"))
        self.bystander.goes_on()
        self.logs("stalled", EACH, setting="stall_timeout", limit=3000)

    def test_who_does_not_read_what_others_publish_is_told_4101(self):
        self.serve("--max-message-bytes", "64KiB", "--outbox-hard-bytes", "256KiB", config=CONFIG)
        readers = self.attackers(3, receive_buffer=16384)
        for client in readers:
            client.subscribe("full")
        (publisher,) = self.attackers(1)
        publisher.subscribe("full")

        def all_are_too_slow():
            publisher.send(frame(TEXT, PUBLISH))
            publisher.expect("message")
            return len(self.lines("slow_reader")) == len(readers)

        eventually(all_are_too_slow, lambda: self.lines("slow_reader"))
        self.bystander.goes_on()
        self.logs("slow_reader", code=4101, setting="outbox_hard_bytes", limit=256 << 10)
        for client in readers:
            code, reason = client.receive_close()
            self.assertEqual(code, 4101)
            self.assertIn("outbox_hard_bytes is 262144", reason)


class Vanished(AttackTest):
    def test_peers_that_end_in_the_middle_of_something(self):
        server = self.serve(config=CONFIG)
        base = server.descriptors()
        message = frame(TEXT, b"x" * 200)
        for end in (RawClient.reset, RawClient.close, lambda client: client.socket.shutdown(socket.SHUT_WR)):
            ended = []
            for cut in (0, 1, 3, 100):
                for client in self.attackers(5):
                    client.send(message[:cut])
                    end(client)
                    ended.append(client)
            self.bystander.goes_on()
            eventually(lambda: server.descriptors() <= base, lambda: f"{server.descriptors()} descriptors, not {base}")
            for client in ended:
                client.close()


if __name__ == "__main__":
    unittest.main()
