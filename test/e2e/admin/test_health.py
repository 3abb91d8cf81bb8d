"""Health, readiness, and the address of the admin listener."""

import http.client
import socket
import subprocess
import tempfile
import unittest

from support.admin import AdminServer
from support.eventually import DEADLINE, eventually
from support.raw_client import RawClient
from support.server import BINARY, run_binary


class HealthTest(unittest.TestCase):
    def test_a_server_is_alive_and_ready(self):
        with AdminServer() as server:
            self.assertEqual((server.admin.get("/health").status, server.admin.get("/ready").status), (200, 200))

    def test_a_server_that_drains_is_alive_and_not_ready(self):
        with AdminServer("--drain-window", "60s") as server:
            with RawClient(server) as first, RawClient(server) as second:
                first.enter()
                second.enter()
                server.terminate()
                ready = eventually(lambda: (answer := server.admin.get("/ready")).status == 503 and answer, "not ready")
                self.assertEqual(ready.json, {"code": "unavailable", "message": "This server is going away."})
                self.assertEqual(server.admin.get("/health").status, 200)
                self.assertEqual(server.admin.metric("sentix_ready"), 0)
            self.assertEqual(server.wait()[0], 0)

    def test_an_address_that_is_taken_stops_the_start(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            ended = run_binary("serve", "--port", 0, "--admin", address)
        self.assertEqual((ended.returncode, ended.stdout), (1, ""))
        self.assertIn(f"admin (--admin): cannot listen on {address}", ended.stderr)

    def test_the_default_address_that_is_taken_is_a_warning(self):
        try:
            taken = socket.create_server(("127.0.0.1", 9180))
        except OSError:  # somebody else has it: all the better
            taken = socket.socket()
        with taken, tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as log:
            child = subprocess.Popen(
                [BINARY, "serve", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
            )
            try:
                self.assertTrue(child.stdout.readline().startswith("listening on "))
            finally:
                child.terminate()
                self.assertEqual(child.wait(DEADLINE), 0)
                child.stdout.close()
            log.seek(0)
            self.assertIn("there is no admin listener: admin (--admin): cannot listen on 127.0.0.1:9180", log.read())

    def test_many_requests_on_one_connection(self):
        with AdminServer() as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.admin.port, timeout=DEADLINE)
            connection.connect()
            own = connection.sock.getsockname()
            for _ in range(100):
                connection.request("GET", "/health")
                self.assertEqual(connection.getresponse().read(), b'{"status":"ok"}')
                self.assertEqual(connection.sock.getsockname(), own)
            connection.close()

    def test_an_address_that_is_none_stops_the_start(self):
        ended = run_binary("serve", "--port", 0, "--admin", "nowhere.invalid:0")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("admin (--admin): cannot listen on nowhere.invalid:0", ended.stderr)


if __name__ == "__main__":
    unittest.main()
