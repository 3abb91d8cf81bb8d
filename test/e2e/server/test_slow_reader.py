"""A client that does not read slows nobody down, and costs no more than its outbox may hold."""

import threading
import unittest

from support.eventually import DEADLINE, eventually
from support.raw_client import PING, TEXT, RawClient, frame
from support.server import Server, sanitizers

MEBIBYTE = 1 << 20
HARD_BYTES = 2 * MEBIBYTE
DATA = "x" * 100_000
COUNT = 150  # publications: more than the kernel's buffers and an outbox hold together
AHEAD = 8  # how many of them may be on their way to the readers, for whom this process may have no time

ANYONE = """
[channels.burst]
publish = "anyone"
"""


class Group(threading.Thread):
    """Clients that read all publications of the channel, one after the other, in their order."""

    def __init__(self, clients):
        super().__init__(daemon=True)
        self.clients = clients
        self.seen = 0
        self.failure = None
        self.start()

    def run(self):
        for i in range(COUNT):
            begin = b'{"type":"message","channel":"busy","data":[%d,' % i
            for client in self.clients:
                opcode, payload = client.receive_frame()
                if opcode != TEXT or not payload.startswith(begin):
                    self.failure = (i, opcode, payload[:200])
                    return
            self.seen = i + 1

    def keeps_up(self, i):
        return self.failure or self.seen > i - AHEAD


class Busy(unittest.TestCase):
    """One client of a busy channel stops reading."""

    READERS = 99

    def check(self, workers):
        with Server("--workers", workers, "--max-message-bytes", "1MiB", "--outbox-hard-bytes", HARD_BYTES) as server:
            slow = self.enterContext(RawClient(server, receive_buffer=65536))
            slow.enter()
            slow.subscribe("busy")
            readers = [self.enterContext(RawClient(server)) for _ in range(self.READERS)]
            for reader in readers:
                reader.enter()
                reader.subscribe("busy")
            publisher = self.enterContext(RawClient(server))
            publisher.enter()
            publisher.subscribe("busy")
            base = server.rss_bytes()

            groups = [Group(readers[::2]), Group(readers[1::2])]
            most = base
            for i in range(COUNT):
                publisher.command(type="publish", channel="busy", data=[i, DATA])
                self.assertEqual(publisher.expect("message")["data"][0], i)
                most = max(most, server.rss_bytes())
                eventually(lambda: all(group.keeps_up(i) for group in groups), "readers fall behind")
            for group in groups:
                group.join(DEADLINE)
                self.assertEqual((group.seen, group.failure), (COUNT, None))

            # It has been closed; what was on its way, and why it was closed, it sees when it reads again.
            self.assertEqual(slow.receive_close()[0], 4101)
            if not sanitizers():
                self.assertLess(most - base, 24 * MEBIBYTE)

    def test_the_others_miss_nothing(self):
        for workers in (1, 2):
            with self.subTest(workers=workers):
                self.check(workers)


class Replies(unittest.TestCase):
    """What a client asked for itself waits, and meanwhile nothing more is read from it."""

    def flood(self, server, request):
        """Sends until the server takes no more. Returns the client, and how many bytes it has sent."""
        client = self.enterContext(RawClient(server, receive_buffer=65536))
        client.enter()
        client.socket.settimeout(1)
        sent = 0
        batch = request * max(1, 65536 // len(request))
        while sent < 256 * MEBIBYTE:
            try:
                sent += client.socket.send(batch[sent % len(request) :])
            except TimeoutError:
                client.socket.settimeout(DEADLINE)
                return client, sent
        self.fail("the server reads on and on")

    def check(self, request, answers, answer_kind):
        with Server("--workers", 1, "--outbox-soft-bytes", "256KiB") as server:
            other = self.enterContext(RawClient(server))
            other.enter()
            base = server.rss_bytes()
            client, sent = self.flood(server, request)
            other.round_trip()
            if not sanitizers():
                self.assertLess(server.rss_bytes() - base, 16 * MEBIBYTE)
            whole, part = divmod(sent, len(request))
            finisher = threading.Thread(target=lambda: client.send(request[part:]) if part else None)
            finisher.start()
            for _ in range((whole + (part > 0)) * answers):
                opcode, _ = client.receive_frame()
                self.assertEqual(opcode, answer_kind)
            finisher.join(DEADLINE)
            client.round_trip()

    def test_pongs_wait(self):
        self.check(frame(PING, b"x" * 125), 1, 0xA)

    def test_empty_pongs_wait(self):
        self.check(frame(PING), 1, 0xA)

    def test_answers_wait(self):
        self.check(frame(TEXT, b'{"type":"ping","id":1}'), 1, TEXT)

    def test_errors_wait(self):
        self.check(frame(TEXT, b"{}"), 1, TEXT)


class Bursts(unittest.TestCase):
    COUNT = 100
    PUBLISH = b'{"type":"publish","channel":"burst","data":"' + b"x" * 5000 + b'"}'

    def test_a_burst_within_one_turn_is_no_reason_to_close_a_reader(self):
        """More than an outbox may hold arrives at once, but less than the kernel takes for a client."""
        with Server("--max-message-bytes", "16KiB", "--outbox-hard-bytes", "32KiB", config=ANYONE) as server:
            reader, publisher = [self.enterContext(RawClient(server)) for _ in range(2)]
            reader.enter()
            reader.subscribe("burst")
            publisher.enter()
            for _ in range(5):
                publisher.send(frame(TEXT, self.PUBLISH) * self.COUNT)
                for _ in range(self.COUNT):
                    opcode, payload = reader.receive_frame()
                    self.assertEqual(opcode, TEXT, payload[:200])


if __name__ == "__main__":
    unittest.main()
