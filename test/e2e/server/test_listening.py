"""Where it listens: IPv6, Unix sockets, ports that are taken, and several workers."""

import os
import pathlib
import socket
import stat
import tempfile
import unittest

from support.eventually import eventually
from support.raw_client import RawClient
from support.server import Server, run_binary


class Tcp(unittest.TestCase):
    def test_ipv6(self):
        with Server(host="::1") as server, RawClient(server) as client:
            self.assertTrue(server.url.startswith("ws://[::1]:"), server.url)
            client.enter()
            client.round_trip()

    def test_every_address(self):
        with Server(host="::") as server:
            for host in ("::1", "127.0.0.1"):
                server.host = host
                with RawClient(server) as client:
                    client.enter()

    def test_a_host_name(self):
        with Server(host="localhost") as server, RawClient(server) as client:
            client.enter()

    def test_a_port_that_is_taken_stops_the_start(self):
        """Also for several workers, whose SO_REUSEPORT would hide it from the kernel."""
        with Server("--workers", 2) as server:
            for workers in (1, 2):
                with self.subTest(workers=workers):
                    ended = run_binary("serve", "--port", server.port, "--workers", workers)
                    self.assertEqual(ended.returncode, 1)
                    self.assertIn("--port", ended.stderr)
                    self.assertNotIn("listening on", ended.stdout)
            with RawClient(server) as client:
                client.enter()

    def test_a_planned_hand_over(self):
        with Server("--workers", 2, "--reuse-port") as old:
            with Server("--reuse-port", "--port", old.port) as new:
                self.assertEqual(new.port, old.port)

    def test_a_host_that_is_not_here(self):
        ended = run_binary("serve", "--host", "192.0.2.1", "--port", 0)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("192.0.2.1", ended.stderr)


class UnixSocket(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sentix-e2e-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name, "sentix.sock")
        self.host = f"unix:{self.path}"

    def test_clients_of_several_workers_share_channels(self):
        with Server("--workers", 3, host=self.host) as server:
            self.assertEqual(server.url, self.host)
            self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o660)
            clients = [self.enterContext(RawClient(server)) for _ in range(9)]
            for client in clients:
                client.enter()
                client.subscribe("general")
            clients[0].command(type="publish", channel="general", data="for all")
            for client in clients:
                self.assertEqual(client.expect("message")["data"], "for all")
        self.assertFalse(self.path.exists())

    def test_a_stale_socket_is_replaced(self):
        stale = socket.socket(socket.AF_UNIX)
        stale.bind(str(self.path))
        stale.close()
        self.assertTrue(self.path.exists())
        with Server(host=self.host) as server, RawClient(server) as client:
            client.enter()

    def test_a_live_one_stops_the_start(self):
        with Server(host=self.host) as server:
            ended = run_binary("serve", "--host", self.host)
            self.assertEqual(ended.returncode, 1)
            self.assertIn(str(self.path), ended.stderr)
            with RawClient(server) as client:
                client.enter()

    def test_a_file_is_left_alone(self):
        self.path.write_text("precious", encoding="utf-8")
        ended = run_binary("serve", "--host", self.host)
        self.assertEqual(ended.returncode, 1)
        self.assertEqual(self.path.read_text(encoding="utf-8"), "precious")

    def test_a_path_that_is_too_long(self):
        ended = run_binary("serve", "--host", "unix:/tmp/" + "x" * 120)
        self.assertEqual(ended.returncode, 1)


class Workers(unittest.TestCase):
    def test_two_workers_share_clients_and_channels(self):
        """The kernel spreads connections by their addresses; a connection's name begins with its worker's number."""
        with Server("--workers", 2) as server:
            clients = []
            workers = set()

            def both_have_clients():
                client = self.enterContext(RawClient(server))
                workers.add(int(client.enter()["connection"].removeprefix("c"), 16) >> 56)
                clients.append(client)
                return len(workers) == 2

            eventually(both_have_clients, "only one worker gets clients")
            for client in clients:
                client.subscribe("general")
            for i in range(10):
                clients[0].command(type="publish", channel="general", data=i)
            for client in clients:
                self.assertEqual([client.expect("message")["data"] for _ in range(10)], list(range(10)))


if __name__ == "__main__":
    unittest.main()
