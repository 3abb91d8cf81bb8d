"""What SIGHUP brings into force, while clients go on."""

import signal
import unittest

from command import CommandTest
from support.eventually import eventually
from support.raw_client import RawClient, request

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
                child, CHANGED, "the configuration has changed; in force now: max_clients, ping_interval, channels ("
            )
            client.round_trip()
            client.command(type="publish", id=1, channel="news-1", data=1)
            self.assertEqual({client.receive_message()["type"] for _ in range(2)}, {"message", "published"})
            with RawClient(server) as late:
                late.send(request())
                self.assertEqual(late.receive_head()[0], 503)

    def test_a_channel_that_is_there_keeps_what_it_keeps_and_the_log_says_so(self):
        child, server = self.serve("[channels.kept]\npersistent = true\n")
        with RawClient(server) as client:
            client.enter()
            epoch = client.subscribe("kept")["epoch"]
            words = "in force now: channels (a channel that is there keeps its history, durability, presence and"
            self.hang_up(child, '[channels.kept]\nmax_clients = 1\n[channels."k*"]\nmax_clients = 1\n', words)
            with RawClient(server) as late:
                late.enter()
                self.assertEqual(late.subscribe("kept")["epoch"], epoch)
            client.subscribe("keen")
            with RawClient(server) as late:
                late.enter()
                self.assertEqual(late.ask("error", type="subscribe", channel="keen")["code"], "channel_full")

    def test_clients_that_were_there_before_count_against_a_new_limit_of_their_address(self):
        child, server = self.serve("")
        with RawClient(server) as first, RawClient(server) as second:
            first.enter()
            second.enter()
            self.hang_up(child, "max_clients_per_address = 2\n", "in force now: max_clients_per_address\n")
            eventually(lambda: not self.finds_a_place(server), "two clients are not counted")
            second.close()
            eventually(lambda: self.finds_a_place(server), "the place of one who left is not free")
            self.hang_up(child, "", "in force now: max_clients_per_address\n")
            eventually(lambda: self.finds_a_place(server), "the limit is still there")
            first.round_trip()

    def finds_a_place(self, server):
        with RawClient(server) as client:
            client.send(request())
            return client.receive_head()[0] == 101

    def test_what_needs_a_restart_is_told_each_time(self):
        child, _ = self.serve("log_days = 3\n")
        words = "the configuration has changed; these settings need a restart: log_days\n"
        self.hang_up(child, "log_days = 4\n", words)
        self.hang_up(child, "log_days = 4\n", words)
        self.hang_up(child, "log_days = 3\n", "the configuration has not changed\n")

    def test_what_is_refused_for_want_of_a_restart_says_so(self):
        child, _ = self.serve("")
        durable = 'data_dir = "data"\n[channels.kept]\npersistent = true\ndurability = "written"\n'
        words = "the channel kept is durable: that needs a data directory, data_dir"
        self.hang_up(child, durable, words + "; these settings need a restart: data_dir\n")

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
