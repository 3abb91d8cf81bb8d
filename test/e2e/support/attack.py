"""What every attack is tried with: a server, a bystander whom it must not harm, attackers, and the lines of the log."""

import contextlib
import json
import select
import threading
import time
import unittest

from support.eventually import DEADLINE, eventually
from support.raw_client import RawClient
from support.server import Server

ATTACKER = "127.0.0.2"  # all of 127.0.0.0/8 is this machine
CHANNEL = "bystander"


class Bystander(threading.Thread):
    """Two clients of one channel, on a thread of their own: one publishes numbers, each of which comes back to it and
    reaches the other, in their order and none twice. `connect` makes a client; further arguments go to its enter().
    """

    def __init__(self, connect, **handshake):
        super().__init__(daemon=True)
        self.round_trips = 0
        self.slowest = 0.0
        self._failure = None
        self._ends = threading.Event()
        self._clients = []
        for _ in range(2):
            self._clients.append(connect())
            self._clients[-1].enter(**handshake)
            self._clients[-1].subscribe(CHANNEL)

    def __enter__(self):
        self.start()
        self.goes_on(1)
        return self

    def __exit__(self, kind, *_):
        self._ends.set()
        self.join(DEADLINE)
        for client in self._clients:
            client.close()
        if kind is None and self._failure:
            raise self._failure

    def run(self):
        try:
            while not self._ends.is_set():
                began = time.monotonic()
                self._round_trip(self.round_trips)
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.round_trips += 1
                time.sleep(0.001)  # leaves the attackers of this process their time
        except BaseException as failure:
            self._failure = failure

    def _round_trip(self, number):
        speaker, listener = self._clients
        speaker.command(type="publish", id=number, channel=CHANNEL, data=number)
        kinds = {}
        for _ in range(2):
            message = speaker.receive_message()
            kinds[message["type"]] = message
        assert kinds.keys() == {"published", "message"} and kinds["published"]["id"] == number, kinds
        for message in (kinds["message"], listener.receive_message()):
            assert (message["type"], message["data"]) == ("message", number), (message, number)

    def goes_on(self, times=20):
        """Waits until so many further round trips are done; fails where one of them did."""
        wanted = self.round_trips + times
        eventually(lambda: self._failure or self.round_trips >= wanted, lambda: f"{self.round_trips}, not {wanted}")
        if self._failure:
            raise self._failure


class Flood(threading.Thread):
    """Sends `data` over and over on all `clients`, and throws away what comes back, until it is stopped or everybody is
    cut off. `reads=False` leaves what comes back lying."""

    def __init__(self, clients, data, reads=True):
        super().__init__(daemon=True)
        self.sent_bytes = 0
        self._data = memoryview(data)
        self._reads = reads
        self._open = {client.socket: 0 for client in clients}  # how much of the data each has sent
        self._ends = threading.Event()
        for socket in self._open:
            socket.setblocking(False)

    def __enter__(self):
        self.start()
        eventually(lambda: self.sent_bytes > 0 or not self.is_alive(), "nothing can be sent")
        return self

    def __exit__(self, *_):
        self._ends.set()
        self.join(DEADLINE)

    def run(self):
        while self._open and not self._ends.is_set():
            readable, writable, _ = select.select(self._open if self._reads else [], self._open, [], 0.1)
            for socket in readable:
                with contextlib.suppress(BlockingIOError):
                    self._until_cut_off(socket, lambda socket=socket: socket.recv(1 << 20) or self._open.pop(socket))
            for socket in writable:
                with contextlib.suppress(BlockingIOError):
                    self._until_cut_off(socket, lambda socket=socket: self._send(socket))

    def _send(self, socket):
        if socket in self._open:
            sent = socket.send(self._data[self._open[socket] :])
            self._open[socket] = (self._open[socket] + sent) % len(self._data)
            self.sent_bytes += sent

    def _until_cut_off(self, socket, act):
        try:
            act()
        except ConnectionError:
            self._open.pop(socket, None)


class AttackTest(unittest.TestCase):
    def serve(self, *flags, config="", make=Server, connect=RawClient, handshake=None, **options):
        """A server with a bystander; each line of its log is one JSON object, and no repetition is left out."""
        flags = ("--debug", "--log-format", "json", "--log-repeats", 0, *flags)
        self.server = self.enterContext(make(*flags, config=config, **options))
        self.bystander = self.enterContext(Bystander(lambda: connect(self.server), **(handshake or {})))
        return self.server

    def attacker(self, **options):
        return self.enterContext(RawClient(self.server, **{"source": ATTACKER} | options))

    def attackers(self, count, **options):
        """So many that have taken the welcome."""
        clients = [self.attacker(**options) for _ in range(count)]
        for client in clients:
            client.enter()
        return clients

    def lines(self, reason):
        """All lines of the log about ends for that reason, as objects."""
        found = [line for line in self.server.log().splitlines() if f'"reason":"{reason}"' in line]
        return [json.loads(line) for line in found if line.endswith("}")]

    def logs(self, reason, count=1, **fields):
        """Waits for `count` lines about that reason; the last one has these fields, and says in its sentence whatever
        setting and limit it has."""
        eventually(lambda: len(self.lines(reason)) >= count, lambda: f"{len(self.lines(reason))} times {reason}")
        line = self.lines(reason)[-1]
        self.assertEqual({name: line.get(name) for name in fields}, fields, line)
        if "setting" in line:
            self.assertIn(f"{line['setting']} is {line['limit']}", line["message"])
        return line
