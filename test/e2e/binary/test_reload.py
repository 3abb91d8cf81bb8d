"""What SIGHUP brings into force, while clients go on."""

import signal
import unittest

from command import CommandTest
from support.eventually import eventually
from support.raw_client import RawClient

STARTED = """
max_clients = 5
[channels."news-*"]
publish = "server"
"""
CHANGED = """
max_clients = 1
port = 1
ping_interval = "1h"
"""


class Address:
    """Where a RawClient connects to."""

    def __init__(self, url):
        self.host, _, port = url.removeprefix("ws://").rpartition(":")
        self.port = int(port)


class Reload(CommandTest):
    def serve(self, config):
        self.write("sentix.toml", config)
        child = self.start("serve", "--port", 0, "--workers", 2)
        return child, Address(child.stdout.readline().split()[-1])

    def hang_up(self, child, config, words):
        self.write("sentix.toml", config)
        seen = self.read("stderr").count(words)
        child.send_signal(signal.SIGHUP)
        eventually(lambda: self.read("stderr").count(words) > seen, lambda: self.read("stderr"))

    def test_limits_and_channels_change_for_a_client_that_stays(self):
        child, server = self.serve(STARTED)
        with RawClient(server) as client:
            client.enter()
            client.subscribe("news-1")
            self.assertEqual(client.ask("error", type="publish", channel="news-1", data=1)["code"], "forbidden")
            self.hang_up(
                child, CHANGED, "the configuration has changed; in force now: max_clients, ping_interval, channels\n"
            )
            client.round_trip()
            client.command(type="publish", id=1, channel="news-1", data=1)
            self.assertEqual({client.receive_message()["type"] for _ in range(2)}, {"message", "published"})
            with RawClient(server) as late:
                late.send(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                self.assertEqual(late.receive_head()[0], 503)

    def test_what_needs_a_restart_is_told_each_time(self):
        child, _ = self.serve("log_days = 3\n")
        words = "the configuration has changed; these settings need a restart: log_days\n"
        self.hang_up(child, "log_days = 4\n", words)
        self.hang_up(child, "log_days = 4\n", words)
        self.hang_up(child, "log_days = 3\n", "the configuration has not changed\n")

    def test_a_wrong_file_is_refused_with_all_that_is_wrong(self):
        child, server = self.serve("max_clients = 5\n")
        with RawClient(server) as client:
            client.enter()
            refused = "error the new configuration is refused, the old one stays in force: sentix.toml:"
            self.hang_up(child, "max_clients = 1\nprot = 1\nping_interval = 'x'\n", refused + "3: ping_interval: ")
            self.assertIn(refused + "2: prot: no setting has this name", self.read("stderr"))
            client.round_trip()
            with RawClient(server) as another:
                another.enter()

    def test_a_storm_of_signals_disturbs_nobody(self):
        child, server = self.serve(STARTED)
        with RawClient(server) as client:
            client.enter()
            client.subscribe("general")
            for i in range(300):
                if i % 3 == 0:
                    self.write("sentix.toml", (STARTED, CHANGED, "max_clients = 'many'\n")[i // 3 % 3])
                child.send_signal(signal.SIGHUP)
                client.command(type="publish", channel="general", data=i)
                self.assertEqual(client.expect("message")["data"], i)
        self.assertIsNone(child.poll())


if __name__ == "__main__":
    unittest.main()
