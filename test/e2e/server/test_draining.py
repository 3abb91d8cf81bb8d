"""SIGTERM: no new clients, 4200 for everyone, and exit 0 in time."""

import signal
import socket
import unittest

from support.eventually import eventually
from support.raw_client import TEXT, RawClient, frame, request
from support.server import Server

DRAIN_WINDOW = 1.0  # seconds
GRACE = 10.0  # what the contract adds to the window


def refuses_connections(server):
    try:
        RawClient(server).close()
        return False
    except ConnectionRefusedError:
        return True


class Draining(unittest.TestCase):
    def server(self, *flags):
        return self.enterContext(Server("--drain-window", f"{DRAIN_WINDOW:g}s", *flags))

    def clients(self, server, count):
        clients = [self.enterContext(RawClient(server)) for _ in range(count)]
        for client in clients:
            client.enter()
        return clients

    def check_end(self, server):
        code, seconds = server.wait()
        self.assertEqual(code, 0, server.log())
        self.assertLess(seconds, DRAIN_WINDOW + GRACE)

    def test_200_clients_are_told(self):
        server = self.server("--workers", 2)
        clients = self.clients(server, 200)
        for client in clients:
            client.subscribe("general")
        server.terminate()
        eventually(lambda: refuses_connections(server), "it still accepts")
        for client in clients:
            self.assertEqual(client.receive_close()[0], 4200)
            client.send(frame(0x8, b"\x10\x68"))
            client.receive_end()
            client.close()
        self.check_end(server)

    def test_sigint_does_the_same(self):
        server = self.server()
        (client,) = self.clients(server, 1)
        server.child.send_signal(signal.SIGINT)
        self.assertEqual(client.receive_close()[0], 4200)
        client.close()
        self.check_end(server)

    def test_whoever_waits_is_not_waited_for(self):
        """Clients that do not close, do not read, or are in the middle of something."""
        server = self.server("--workers", 2, "--outbox-hard-bytes", "8MiB", "--max-message-bytes", "1MiB")
        silent, half_frame, full = self.clients(server, 3)
        half_request = self.enterContext(RawClient(server))
        half_request.send(request()[:20])
        half_frame.send(frame(TEXT, b"{", length=1000))
        full.subscribe("general")
        for _ in range(6):
            full.command(type="publish", channel="general", data="x" * 1_000_000)
        eventually(lambda: full.socket.recv(1, socket.MSG_PEEK), "nothing comes back")
        server.terminate()
        self.assertEqual(silent.receive_close()[0], 4200)
        self.assertEqual(half_request.receive_response()[0], 503)
        self.check_end(server)

    def test_a_second_signal_ends_it_at_once(self):
        with Server("--drain-window", "1h") as server:
            clients = self.clients(server, 20)
            server.terminate()
            self.assertEqual(clients[0].receive_close()[0], 4200)
            server.terminate()
            self.assertEqual(server.wait()[0], 0)

    def test_idle_it_ends_at_once(self):
        with Server("--drain-window", "1h", "--workers", 2) as server:
            server.terminate()
            self.assertEqual(server.wait()[0], 0)


if __name__ == "__main__":
    unittest.main()
