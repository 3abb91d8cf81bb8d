"""A process that has more memory than it should refuses new clients, and goes on for those that are there."""

import signal
import unittest

from support.eventually import eventually
from support.raw_client import RawClient, request
from support.server import Server


class Memory(unittest.TestCase):
    def reload(self, server, config):
        (server.folder / "sentix.toml").write_text(config, encoding="utf-8")
        server.child.send_signal(signal.SIGHUP)

    def status(self, server):
        with RawClient(server) as client:
            client.send(request())
            return client.receive_head()[0]

    def test_new_clients_wait_until_there_is_room(self):
        with Server(config="max_resident_bytes = 0\n") as server, RawClient(server) as bystander:
            bystander.enter()
            self.reload(server, "max_resident_bytes = 4096\n")
            eventually(lambda: self.status(server) == 503, server.log)
            server.says("warning new clients are refused: ")
            server.says("is refused: short_of_memory 503", "max_resident_bytes is 4096")
            bystander.round_trip()
            self.reload(server, 'max_resident_bytes = "1GiB"\n')
            eventually(lambda: self.status(server) == 101, server.log)
            server.says("info new clients are welcome again: ")
            bystander.round_trip()


if __name__ == "__main__":
    unittest.main()
