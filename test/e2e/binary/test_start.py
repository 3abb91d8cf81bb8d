"""How a server begins: what it prints, and why it may refuse."""

import asyncio
import os
import resource
import signal
import socket
import unittest
import urllib.request

import websockets

from command import CommandTest
from support.eventually import DEADLINE, eventually


class Start(CommandTest):
    def test_port_0_prints_the_port_that_it_took(self):
        child = self.start("serve", "--port", 0)
        line = child.stdout.readline()
        self.assertRegex(line, r"\Alistening on ws://127\.0\.0\.1:\d+\n\Z")
        port = int(line.rpartition(":")[2])
        self.assertGreater(port, 0)
        with socket.create_connection(("127.0.0.1", port), DEADLINE):
            pass

    def test_the_page_is_served_where_it_is_announced(self):
        child = self.start("serve", "--port", 0)
        child.stdout.readline()
        line = child.stdout.readline()
        self.assertRegex(line, r"\Achat page at http://127\.0\.0\.1:\d+/\n\Z")
        with urllib.request.urlopen(line.split()[-1], timeout=DEADLINE) as response:
            self.assertIn(b"<html", response.read())
            self.assertIn("script-src", response.headers["Content-Security-Policy"])

    def test_no_page_is_announced_where_there_is_none(self):
        child = self.start("serve", "--port", 0, "--page", "none")
        child.stdout.readline()
        child.send_signal(signal.SIGTERM)
        self.assertEqual((child.stdout.read(), child.wait(DEADLINE)), ("", 0))

    def test_a_taken_address_names_the_flag(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = self.run_sentix("serve", "--port", port)
        self.assertEqual((done.status, done.out), (1, ""))
        self.assertRegex(done.err, rf"\Asentix: .*--port {port}.*Address already in use\n\Z")

    def test_a_failed_start_is_in_the_error_log(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.run_sentix("serve", "--port", port, "--error-log", "e.log", "--log-channel", "single")
        self.assertRegex(self.read("e.log"), r" error .*Address already in use\n\Z")

    def test_it_serves_and_ends_without_standard_streams(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]

        def answers():
            try:
                with socket.create_connection(("127.0.0.1", port), DEADLINE):
                    return True
            except ConnectionRefusedError:
                return False

        for closed in ((0,), (0, 1), (0, 1, 2), (2,)):
            with self.subTest(closed=closed):
                child = self.start("serve", "--port", port, preexec_fn=lambda: [os.close(each) for each in closed])
                eventually(answers, lambda: self.read("stderr"))
                child.send_signal(signal.SIGTERM)
                self.assertEqual(child.wait(DEADLINE), 0, self.read("stderr"))

    def test_disabled_it_says_so_and_exits_with_0(self):
        done = self.run_sentix("serve", WEBSOCKET_ENABLED="false")
        self.assertEqual(done, (0, "sentix is disabled (environment, WEBSOCKET_ENABLED)\n", ""))
        self.write(".env", "\nWEBSOCKET_ENABLED=off\n")
        self.assertEqual(self.run_sentix("serve"), (0, "sentix is disabled (.env:2, WEBSOCKET_ENABLED)\n", ""))

    def test_names_of_the_contract_are_known(self):
        child = self.start("serve", "--port", 0, "--admin", "off", WEBSOCKET_ADMIN_TOKEN="x", WEBSOCKET_SSL="false")
        self.assertTrue(child.stdout.readline().startswith("listening on "))
        child.send_signal(signal.SIGTERM)
        child.wait(DEADLINE)
        self.assertNotIn("warning", self.read("stderr"))

    def test_unknown_variables_are_warned_about_in_the_log(self):
        self.write(".env", "WEBSOCKET_PROT=1\n")
        child = self.start("serve", "--port", 0)
        child.stdout.readline()
        expected = 'warning .env:1: WEBSOCKET_PROT: no setting has this name (did you mean "WEBSOCKET_PORT"?)'
        eventually(lambda: expected in self.read("stderr"), lambda: self.read("stderr"))

    def test_more_clients_than_descriptors_are_warned_about_with_both_figures(self):
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 512))
        child = self.start("serve", "--port", 0, "--max-clients", 1000, preexec_fn=limit)
        child.stdout.readline()
        words = ("warning", "--max-clients", "max_clients is 1000", "only 512 open descriptors")
        eventually(lambda: all(word in self.read("stderr") for word in words), lambda: self.read("stderr"))

    def test_the_limit_of_descriptors_is_raised(self):
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 512))
        child = self.start("serve", "--port", 0, preexec_fn=limit)
        child.stdout.readline()
        self.assertEqual(resource.prlimit(child.pid, resource.RLIMIT_NOFILE), (512, 512))

    def test_authentication_without_users_is_refused(self):
        done = self.run_sentix("serve", "--port", 0, WEBSOCKET_AUTH_ENABLED="true")
        self.assertEqual((done.status, done.out), (1, ""))
        self.assertEqual(
            done.err,
            "sentix: environment: WEBSOCKET_AUTH_ENABLED: nobody could authenticate: "
            "it needs at least one [[auth.users]], a key of [auth.jwt], auth.webhook.url, or tls.client_certs\n",
        )


class Echo(CommandTest):
    def serve(self, *flags, **variables):
        child = self.start("echo", "--port", 0, *flags, **variables)
        return child.stdout.readline().split()[-1]

    def test_messages_come_back(self):
        url = self.serve("--workers", 2, "--no-deflate")

        async def talk():
            async with websockets.connect(url, max_size=None, open_timeout=DEADLINE) as socket:
                self.assertEqual(socket.extensions, [])
                for message in ("", "hällo", b"", b"\x00\xff", "x" * 3_000_000, b"y" * 3_000_000):
                    await socket.send(message)
                    self.assertEqual(await asyncio.wait_for(socket.recv(), DEADLINE), message)

        asyncio.run(talk())

    def test_a_message_above_the_limit_is_closed_with_1009(self):
        url = self.serve("--max-message-bytes", "1KiB")

        async def talk():
            async with websockets.connect(url, open_timeout=DEADLINE) as socket:
                await socket.send("x" * 1024)
                self.assertEqual(await asyncio.wait_for(socket.recv(), DEADLINE), "x" * 1024)
                await socket.send("x" * 1025)
                with self.assertRaises(websockets.ConnectionClosed) as closed:
                    await asyncio.wait_for(socket.recv(), DEADLINE)
                self.assertEqual(closed.exception.rcvd.code, 1009)

        asyncio.run(talk())

    def test_it_reads_no_environment_and_no_files(self):
        self.write("sentix.toml", "host = 1\n")
        self.assertTrue(self.serve(WEBSOCKET_PORT="x").startswith("ws://127.0.0.1:"))


if __name__ == "__main__":
    unittest.main()
