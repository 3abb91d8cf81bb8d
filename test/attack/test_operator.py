"""What goes wrong around the server while it serves: a full disk, signals without end, and who comes to
its admin listener."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest

from support.admin import AdminServer
from support.attack import AttackTest
from support.certificates import Authority, tls_flags
from support.eventually import DEADLINE, eventually
from support.tls_client import TlsClient


class FullDisk(AttackTest):
    def refusals(self):
        for _ in range(300):
            client = self.attacker()
            client.send(b"nonsense\r\n\r\n")
            client.receive_end()
            client.close()

    def test_a_log_on_a_full_device(self):
        self.serve("--log-channel", "single", "--log-path", "/dev/full", "--error-log", "/dev/full")
        self.refusals()
        self.bystander.goes_on()

    def test_a_log_on_a_disk_that_fills_and_has_room_again(self):
        with tempfile.TemporaryDirectory(prefix="sentix-disk-") as folder:
            mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
            if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, timeout=DEADLINE).returncode != 0:
                self.skipTest("only who may mount has a small disk")
            try:
                self.fill_and_free(pathlib.Path(folder))
            finally:
                subprocess.run(["umount", "--lazy", folder], timeout=DEADLINE, check=True)

    def fill_and_free(self, disk):
        ballast = disk / "ballast"
        with contextlib.suppress(OSError), open(ballast, "wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        self.serve("--log-channel", "single", "--log-path", disk / "x.log")
        self.refusals()
        self.bystander.goes_on()
        ballast.unlink()

        def is_logged_again():
            self.refusals()
            return "bad_request" in (disk / "x.log").read_text(encoding="utf-8", errors="replace")

        eventually(is_logged_again, "no line, though there is room")
        self.bystander.goes_on()


class Hangups(AttackTest):
    ROUNDS = 150
    WRONG = "max_clients = 'many'\n[chanels.a]\n"
    GOOD = (
        'max_clients = 50\n[rate]\nmessages_per_address = "100000/s"\n[channels."b*"]\npersistent = true\n',
        'max_clients_per_address = 40\ndeny = ["127.0.0.9"]\nping_interval = "1h"\n',
        "[rate]\n[channels.bystander]\nhistory_size = 5\npersistent = true\npresence = true\n",
    )

    def test_a_storm_of_signals_with_wrong_files_in_between(self):
        with Authority() as authority:
            context, certificate = authority.client_context(), authority.certificate("localhost")
            connect = lambda server: TlsClient(server, context)  # noqa: E731
            server = self.serve(*tls_flags(certificate), "--workers", 2, config=self.GOOD[0], connect=connect)
            for number in range(self.ROUNDS):
                good = number % 2 == 0
                text = self.GOOD[number // 2 % len(self.GOOD)] if good else self.WRONG
                (server.folder / "sentix.toml").write_text(text, encoding="utf-8")
                server.child.send_signal(signal.SIGHUP)
                with self.enterContext(connect(server)) as client:
                    client.enter()
                self.bystander.goes_on(1)
            (server.folder / "sentix.toml").write_text(self.WRONG, encoding="utf-8")
            server.child.send_signal(signal.SIGHUP)
            refused = "the new configuration is refused, the old one stays in force: sentix.toml:1: max_clients: "
            eventually(lambda: refused in server.log(), "a wrong file is not refused")
            self.bystander.goes_on()


class AdminListener(AttackTest):
    def connect_admin(self):
        client = socket.create_connection(("127.0.0.1", self.server.admin.port), DEADLINE)
        return self.enterContext(contextlib.closing(client))

    def test_whatever_comes_to_it_clients_do_not_notice(self):
        server = self.serve("--admin-connections", 16, "--admin-timeout", "1s", make=AdminServer)
        head = b"POST /api/publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        slow = [self.connect_admin() for _ in range(100)]
        for number, client in enumerate(slow):
            with contextlib.suppress(OSError):  # it may have made way already
                client.sendall((b"GET /health HTTP/1.1\r\nX: ", head + b"1000\r\n\r\n{", b"")[number % 3])
        self.bystander.goes_on()
        huge = self.connect_admin()
        huge.sendall(head + b"1000000000\r\n\r\n")
        self.assertIn(b"HTTP/1.1 413 ", huge.recv(4096))
        for headers in ({"Host": "rebound.example"}, {"Origin": "https://evil.example"}):
            answer = server.admin.post("/api/publish", {"channel": "bystander", "data": "forged"}, headers)
            self.assertEqual(answer.status, 403)
        self.assertEqual(server.admin.get("/health").status, 200)
        self.bystander.goes_on()  # and has not heard what was forged


if __name__ == "__main__":
    unittest.main()
