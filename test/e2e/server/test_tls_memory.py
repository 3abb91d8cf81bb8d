"""What an idle TLS 1.3 connection costs in resident memory, as a slope over many of them (core/README.md has figures).

    SENTIX_TLS_CONNECTIONS=3000 PYTHONPATH=test/e2e python3 test/e2e/server/test_tls_memory.py
"""

import os
import unittest

from support.certificates import Authority, tls_flags
from support.eventually import eventually
from support.process import raise_descriptor_limit
from support.raw_client import BINARY, frame
from support.server import Server, sanitizers
from support.tls_client import TlsClient

KIBIBYTE = 1 << 10
CONNECTIONS = int(os.environ.get("SENTIX_TLS_CONNECTIONS", "600"))
FIRST = CONNECTIONS // 6  # of them, after which nothing is new to the process


@unittest.skipIf(sanitizers(), "a sanitizer's memory is counted as well")
class Memory(unittest.TestCase):
    def slope(self, server, connect):
        """Bytes of each connection beyond the first ones."""
        clients = [connect() for _ in range(FIRST)]
        base = server.rss_bytes()
        clients += [connect() for _ in range(CONNECTIONS - FIRST)]
        return (server.rss_bytes() - base) / (CONNECTIONS - FIRST), clients

    def test_an_idle_connection_costs_at_most_16_kib(self):
        raise_descriptor_limit()
        authority = self.enterContext(Authority())
        context = authority.client_context()
        flags = tls_flags(authority.certificate("localhost"))
        server = self.enterContext(Server(*flags, "--workers", 1, "--no-deflate", command="echo"))

        def connect():
            client = self.enterContext(TlsClient(server, context))
            client.upgrade()
            return client

        idle, clients = self.slope(server, connect)
        most = server.rss_bytes()
        for client in clients:  # each works once, and is idle again
            client.send(frame(BINARY, b"x" * 60_000))
            self.assertEqual(len(client.receive_frame()[1]), 60_000)
        grown = (server.rss_bytes() - most) / len(clients)
        print(f"\n{CONNECTIONS} connections: {idle / KIBIBYTE:.1f} KiB each, {grown / KIBIBYTE:+.1f} after a message")
        self.assertLessEqual(idle, 16 * KIBIBYTE)
        self.assertLessEqual(grown, 2 * KIBIBYTE)
        for client in clients:
            client.close()
        eventually(lambda: server.descriptors() < 50, "connections are still there")


if __name__ == "__main__":
    unittest.main()
