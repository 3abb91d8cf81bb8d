"""What hostile clients of the admin listener can cost: nothing for the server, and little for others who ask it."""

import contextlib
import select
import socket
import unittest

from support.admin import AdminServer
from support.eventually import DEADLINE, eventually
from support.raw_client import RawClient


def connect(server):
    client = socket.create_connection(("127.0.0.1", server.admin.port), DEADLINE)
    client.settimeout(DEADLINE)
    return client


def everything(client):
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while data := client.recv(65536):
            received += data
    return received


class BoundsTest(unittest.TestCase):
    def test_slow_and_silent_clients_do_not_keep_others_out(self):
        with AdminServer("--admin-connections", 8) as server, contextlib.ExitStack() as crowd:
            for number in range(100):
                client = crowd.enter_context(connect(server))
                with contextlib.suppress(OSError):  # it may have made way already
                    client.sendall(b"GET /health HTTP/1.1\r\nX: "[: number % 28])
            self.assertEqual(server.admin.get("/health").status, 200)
            self.assertGreater(server.admin.metric("sentix_admin_connections_made_way_total"), 90)
            server.says("admin_connections is 8")

    def test_a_request_that_does_not_arrive_is_answered_408(self):
        with AdminServer("--admin-timeout", "200ms") as server:
            for request in (b"GET /hea", b"POST /api/publish HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
                                         b"Content-Type: application/json\r\n\r\n{"):
                with connect(server) as client:
                    client.sendall(request)
                    self.assertTrue(everything(client).startswith(b"HTTP/1.1 408 "))

    def test_who_does_not_take_the_answer_is_dropped(self):
        with AdminServer("--admin-timeout", "300ms") as server, connect(server) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            with contextlib.suppress(OSError):  # it may be dropped while it sends
                client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 10_000)
            reset = select.poll()
            reset.register(client, 0)  # of errors and hang-ups a poll tells in any case
            eventually(lambda: reset.poll(0), "the connection is still there")
            self.assertEqual(server.admin.get("/health").status, 200)

    def test_hostile_bytes(self):
        table = {
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03": b"400",
            b"GET / HTTP/1.1\nHost: localhost\n\n": b"400",
            b"GET / HTTP/1.1\r\n\r\n": b"400",
            b"GET / HTTP/2.0\r\n\r\n": b"505",
            b"GET /" + b"a" * 9000: b"431",
            b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200: b"431",
            b"POST /api/publish HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n": b"413",
            b"POST /api/publish HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n": b"400",
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n": b"400",
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n": b"400",
            b"GET /health HTTP/1.0\r\n\r\n": b"200",
        }
        with AdminServer() as server, RawClient(server) as bystander:
            bystander.enter()
            for request, status in table.items():
                with self.subTest(request=request[:60]), connect(server) as client:
                    client.sendall(request)
                    self.assertEqual(everything(client).split(b" ")[1], status)
            bystander.command(type="ping", id=1)
            bystander.expect("pong")

    def test_the_body_is_asked_for(self):
        body = b'{"channel":"a","data":1}'
        head = (
            b"POST /api/publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        with AdminServer() as server, connect(server) as client:
            client.sendall(head)
            self.assertEqual(client.recv(25, socket.MSG_WAITALL), b"HTTP/1.1 100 Continue\r\n\r\n")
            client.sendall(body)
            self.assertTrue(everything(client).startswith(b"HTTP/1.1 200 OK\r\n"))

    def test_it_goes_on_without_descriptors(self):
        with AdminServer(descriptors_max=64) as server, contextlib.ExitStack() as crowd:
            for _ in range(80):
                crowd.enter_context(connect(server))
            crowd.close()
            self.assertEqual(server.admin.get("/health").status, 200)


if __name__ == "__main__":
    unittest.main()
