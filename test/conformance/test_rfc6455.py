"""The case table of RFC 6455, played against `sentix echo`. README.md tells how it is made."""

import unittest

from support.server import Server

import closing_cases
import fragment_cases
import framing_cases
import large_cases
import utf8_cases
from driver import Player, play_all

GROUPS = {
    "framing": framing_cases.framing,
    "lengths": framing_cases.lengths,
    "masking": framing_cases.masking,
    "pings and pongs": framing_cases.pings_and_pongs,
    "reserved bits": framing_cases.reserved_bits,
    "reserved opcodes": framing_cases.reserved_opcodes,
    "fragmentation": fragment_cases.fragmentation,
    "UTF-8": utf8_cases.utf8,
    "closing": closing_cases.closing,
    "large messages": large_cases.large_messages,
    "automatic fragmentation": fragment_cases.automatic_fragmentation,
}


class Rfc6455(unittest.TestCase):
    def test_every_case(self):
        # One worker, so that the round trips between segments pass through the loop of the connection under test.
        with Server("--workers", 1, command="echo") as server, Player(server) as player:
            self.assertEqual(play_all(player.play, GROUPS), [])

    def test_limits(self):
        flags = ("--workers", 1, "--max-message-bytes", large_cases.LIMIT)
        with Server(*flags, command="echo") as server, Player(server) as player:
            self.assertEqual(play_all(player.play, {"limits": large_cases.limits}), [])


if __name__ == "__main__":
    unittest.main()
