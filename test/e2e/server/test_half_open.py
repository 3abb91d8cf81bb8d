"""Ten thousand connections that never finish their request neither lock out nor hold up those that do."""

import selectors
import socket
import time
import unittest

from support.eventually import DEADLINE, eventually
from support.process import raise_descriptor_limit
from support.raw_client import RawClient, request
from support.server import Server

HANDSHAKE_TIMEOUT = 4  # seconds: long enough to open all of them meanwhile
SPARE = 500  # descriptors for everything else
WANTED = 10_000


class HalfOpen:
    """Connections of which the even ones say nothing, and the odd ones send a request at one byte per second."""

    def __init__(self, server, count):
        self.selector = selectors.DefaultSelector()
        self.request = request()
        self.answers = {}  # the beginning of what each was told; those that have ended
        self.bytes_sent = 0
        self.sockets = []
        for _ in range(count):
            client = socket.create_connection((server.host, server.port), timeout=DEADLINE)
            client.setblocking(False)
            self.selector.register(client, selectors.EVENT_READ, len(self.sockets))
            self.sockets.append(client)

    def send_a_byte_each(self):
        for client in self.sockets[1::2]:
            if client.fileno() >= 0:
                try:
                    client.send(self.request[self.bytes_sent : self.bytes_sent + 1])
                except OSError:
                    pass  # it was dropped while it sent
        self.bytes_sent += 1

    def take_what_came(self):
        for key, _ in self.selector.select(timeout=0):
            try:
                data = key.fileobj.recv(4096)
            except ConnectionResetError:
                data = b""
            if data:
                self.answers[key.data] = data[:12]
            else:
                self.answers.setdefault(key.data, b"")
                self.selector.unregister(key.fileobj)
                key.fileobj.close()

    def all_ended(self):
        return not self.selector.get_map()

    def close(self):
        for client in self.sockets:
            client.close()
        self.selector.close()


class HalfOpenTest(unittest.TestCase):
    def test_others_are_served_and_they_are_dropped(self):
        count = min(WANTED, raise_descriptor_limit() - SPARE)
        with Server("--workers", 2, "--handshake-timeout", f"{HANDSHAKE_TIMEOUT}s") as server:
            early = self.enterContext(RawClient(server))
            early.enter()
            early.round_trip()
            base = server.descriptors()
            half_open = HalfOpen(server, count)
            self.addCleanup(half_open.close)

            slowest, round_trips, next_byte = 0.0, 0, time.monotonic()
            while not half_open.all_ended():
                if time.monotonic() >= next_byte:
                    half_open.send_a_byte_each()
                    next_byte += 1
                began = time.monotonic()
                early.round_trip()
                with RawClient(server) as late:
                    late.enter()
                    late.round_trip()
                slowest = max(slowest, time.monotonic() - began)
                round_trips += 1
                half_open.take_what_came()
                self.assertLess(time.monotonic(), next_byte + DEADLINE)

            print(
                f"\n{count} half-open handshakes: {round_trips} times a round trip and a new client's handshake,"
                f" the slowest {slowest * 1000:.0f} ms"
            )
            self.assertGreater(half_open.bytes_sent, 1)
            self.assertEqual(len(half_open.answers), count)
            self.assertEqual(set(half_open.answers.values()), {b"HTTP/1.1 408"})
            eventually(lambda: server.descriptors() <= base, lambda: f"{server.descriptors()} descriptors, not {base}")


if __name__ == "__main__":
    unittest.main()
