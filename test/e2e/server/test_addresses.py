"""Who may connect from where, and who is believed for whom he connects.

All of 127.0.0.0/8 is this machine, so that a test can come from several addresses: 127.0.0.1 is a bystander that
nothing may happen to, 127.0.0.2 a stranger, 127.0.0.3 a proxy.
"""

import socket
import struct
import unittest

from support.certificates import Authority
from support.raw_client import RawClient, request
from support.server import Server
from support.tls_client import TlsClient

STRANGER, PROXY = "127.0.0.2", "127.0.0.3"
LISTS = f'deny = ["{STRANGER}", "203.0.113.0/24"]\ntrusted_proxies = ["{PROXY}"]\n'


def line(client="203.0.113.7", port=4711):
    return f"PROXY TCP4 {client} 192.0.2.1 {port} 443\r\n".encode()


def binary(client="198.51.100.7", port=4711, extra=b""):
    addresses = socket.inet_aton(client) + socket.inet_aton("192.0.2.1") + struct.pack(">HH", port, 443)
    return b"\r\n\r\n\x00\r\nQUIT\n\x21\x11" + struct.pack(">H", len(addresses + extra)) + addresses + extra


class AddressTest(unittest.TestCase):
    FLAGS = ()
    CONFIG = LISTS

    def setUp(self):
        self.server = self.enterContext(Server("--debug", *self.FLAGS, config=self.CONFIG))
        self.bystander = self.enterContext(RawClient(self.server))
        self.bystander.enter()

    def client(self, source):
        return self.enterContext(RawClient(self.server, source=source))

    def status(self, source, **headers):
        client = self.client(source)
        client.send(request(**headers))
        return client.receive_head()[0]

    def is_closed_unread(self, client):
        """Whether the server ends the connection without a byte."""
        try:
            return client.receive_end() == b""
        except ConnectionResetError:
            return True

    def logs(self, words):
        self.server.says(words)


class Lists(AddressTest):
    def test_a_denied_address_is_closed_at_once_and_the_others_go_on(self):
        for _ in range(50):
            self.assertTrue(self.is_closed_unread(self.client(STRANGER)))
            self.bystander.round_trip()
        self.logs("is refused: address_denied (allow and deny keep this address out)")

    def test_where_some_are_allowed_the_others_are_not(self):
        with Server(config='allow = ["127.0.0.1"]\n') as server:
            with RawClient(server) as client:
                client.enter()
            with RawClient(server, source=STRANGER) as client:
                self.assertTrue(self.is_closed_unread(client))


class Headers(AddressTest):
    CONFIG = LISTS + "max_clients_per_address = 2\n"

    def test_a_client_of_a_trusted_proxy_is_judged_by_its_own_address(self):
        self.assertEqual(self.status(PROXY, x_forwarded_for="203.0.113.7"), 403)
        self.assertEqual(self.status(PROXY, x_forwarded_for="198.51.100.7"), 101)
        self.logs("from 203.0.113.7 is refused: address_denied 403")

    def test_what_a_client_claims_itself_is_not_believed(self):
        """The nearest hop that is no proxy counts, whatever stands left of it."""
        self.assertEqual(self.status(PROXY, x_forwarded_for="198.51.100.7, 203.0.113.7"), 403)
        self.assertEqual(self.status(PROXY, x_forwarded_for=f"203.0.113.7, 198.51.100.7, {PROXY}"), 101)
        self.assertEqual(self.status(PROXY, forwarded="for=203.0.113.7"), 101)  # not the header that is configured

    def test_nobody_else_is_believed(self):
        self.assertEqual(self.status("127.0.0.4", x_forwarded_for="203.0.113.7"), 101)

    def test_clients_behind_a_proxy_are_counted_apart(self):
        for client in ("198.51.100.1", "198.51.100.2"):
            held = []
            for expected in (101, 101, 429):
                held.append(self.client(PROXY))
                held[-1].send(request(x_forwarded_for=client))
                self.assertEqual(held[-1].receive_head()[0], expected)

    def test_a_header_that_nobody_understands_is_refused(self):
        self.assertEqual(self.status(PROXY, x_forwarded_for="1.2.3.4.5"), 400)
        self.logs("is refused: proxy_not_understood 400")


class ForwardedHeader(AddressTest):
    CONFIG = LISTS + 'forwarded_header = "forwarded"\n'

    def test_the_other_header_can_be_the_one(self):
        self.assertEqual(self.status(PROXY, forwarded='for="203.0.113.7:80";proto=https'), 403)
        self.assertEqual(self.status(PROXY, x_forwarded_for="203.0.113.7"), 101)


class ProxyProtocol(AddressTest):
    CONFIG = LISTS + 'proxy_protocol = "v1v2"\n'

    def test_both_versions_wherever_they_are_cut(self):
        for header in (line("198.51.100.7"), binary(), binary(extra=b"\x04\x00\x02ab")):
            for cut in range(len(header)):
                client = self.client(PROXY)
                client.send(header[:cut])
                client.send(header[cut:] + request())
                client.receive_upgrade()
                client.expect("welcome")
                client.close()
        self.logs("from 198.51.100.7:4711 has ended")

    def test_a_denied_client_is_closed_before_its_request(self):
        client = self.client(PROXY)
        client.send(line())
        self.assertTrue(self.is_closed_unread(client))
        self.logs("from 203.0.113.7:4711 is refused: address_denied")

    def test_a_proxy_without_a_header_is_closed(self):
        client = self.client(PROXY)
        client.send(request())
        self.assertTrue(self.is_closed_unread(client))
        self.logs("is refused: proxy_not_understood")

    def test_a_header_of_somebody_else_is_no_request(self):
        client = self.client("127.0.0.4")
        client.send(line("198.51.100.7") + request())
        self.assertEqual(client.receive_response()[0], 400)

    def test_half_a_header_costs_no_time_and_ends_with_the_handshake_s(self):
        with Server("--handshake-timeout", "2s", config=self.CONFIG) as server:
            clients = [self.enterContext(RawClient(server, source=PROXY)) for _ in range(50)]
            before = server.cpu_seconds()
            for client in clients:
                client.send(line()[:20])
            for client in clients:
                client.receive_end()
            self.assertLess(server.cpu_seconds() - before, 1)  # a loop that spins takes all of the two seconds

    def test_it_comes_before_tls(self):
        with Authority() as authority:
            certificate = authority.certificate("proxied")
            flags = ("--tls-cert", certificate[0], "--tls-key", certificate[1])
            with Server("--debug", *flags, config=self.CONFIG) as server:
                client = BehindProxy(server, authority.client_context(), binary())
                client.enter()
                client.round_trip()
                client.close()
                server.says("from 198.51.100.7:4711 has ended")


class BehindProxy(TlsClient):
    """TLS behind a header of the PROXY protocol."""

    def __init__(self, server, context, header):
        RawClient.__init__(self, server, source=PROXY)
        self.socket.sendall(header)
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost", suppress_ragged_eofs=False)


if __name__ == "__main__":
    unittest.main()
