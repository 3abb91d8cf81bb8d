"""The case table of RFC 7692, played against `sentix echo`. README.md tells how it is made."""

import unittest

from support.server import Server

import deflate_cases
import negotiation_cases
from deflate_client import DeflateClient, with_offers
from driver import Failure, Player, play_all

GROUPS = {
    "compressed echo": deflate_cases.compressed_echo,
    "encodings": deflate_cases.encodings,
    "between messages": deflate_cases.between_messages,
    "refused data": deflate_cases.refused_data,
    "sizes": deflate_cases.sizes,
    "accepted offers": negotiation_cases.accepted_offers,
    "declined offers": negotiation_cases.declined_offers,
    "malformed offers": negotiation_cases.malformed_offers,
    "as agreed": negotiation_cases.as_agreed,
}


class DeflatePlayer(Player):
    """Plays cases on clients that offer what the case says."""

    rfc = "RFC 7692"

    def connect(self, case):
        return DeflateClient(self._server)

    def shake_hands(self, client, case):
        client.shake_hands(case.offers, case.answer)

    def play(self, case):
        if case.answer == negotiation_cases.REFUSED:
            return self._play_refusal(case)
        return super().play(case)

    def _play_refusal(self, case):
        with self.connect(case) as client:
            client.send(with_offers(case.offers))
            status, headers, _ = client.receive_response()
        if status == case.answer and "sec-websocket-accept" not in headers:
            return None
        return f"{case.name} ({case.section})\n  received {status} {headers}"


class Rfc7692(unittest.TestCase):
    def test_every_case(self):
        flags = ("--workers", 1, "--max-message-bytes", deflate_cases.MESSAGE_BYTES_MAX)
        with Server(*flags, command="echo") as server, DeflatePlayer(server) as player:
            self.assertEqual(play_all(player.play, GROUPS), [])


if __name__ == "__main__":
    unittest.main()
