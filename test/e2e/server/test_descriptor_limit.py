"""No descriptors left: the server goes on with those it has, waits without spinning, and accepts again when it can."""

import time
import unittest

from support.eventually import eventually
from support.raw_client import RawClient, request
from support.server import Server, sanitizers

LIMIT = 64
CLIENTS = 100


class DescriptorLimit(unittest.TestCase):
    def test_exhaustion_and_recovery(self):
        with Server("--workers", 1, "--handshake-timeout", "10m", descriptors_max=LIMIT) as server:
            if "ubsan" in sanitizers():
                self.skipTest("UBSan itself needs descriptors, to look whether an object's memory can be read")
            first = self.enterContext(RawClient(server))
            first.enter()
            clients = [self.enterContext(RawClient(server)) for _ in range(CLIENTS)]
            for client in clients:
                client.send(request())
            eventually(lambda: server.descriptors() == LIMIT, lambda: f"{server.descriptors()} of {LIMIT} descriptors")
            eventually(lambda: "accepting no connections" in server.log(), "it says nothing about it")

            # Spinning would take all of a second; a loaded machine can only make it less.
            used, began = server.cpu_seconds(), time.monotonic()
            while time.monotonic() < began + 1:
                first.round_trip()
                time.sleep(0.05)
            self.assertLess(server.cpu_seconds() - used, 0.5)

            # Each that leaves makes room for another, until all have been served.
            for client in clients:
                client.receive_upgrade()
                client.expect("welcome")
                client.close()
            first.round_trip()


if __name__ == "__main__":
    unittest.main()
