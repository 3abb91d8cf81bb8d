"""Clients that die or fall silent in the middle of something leave nothing behind: descriptors, counts, members."""

import contextlib
import hashlib
import socket
import unittest

from support.eventually import eventually
from support.raw_client import BINARY, PING, PONG, TEXT, RawClient, frame, request
from support.server import Server, sanitizers

TOGETHER = 4  # clients in one state at one time
CONFIG = f"""
workers = 2
max_clients = {TOGETHER + 1}
max_message_bytes = "1MiB"
outbox_soft_bytes = "64KiB"
handshake_timeout = "500ms"
ping_interval = "500ms"
pong_timeout = "500ms"
close_timeout = "500ms"
stall_timeout = "500ms"

[channels.room]
presence = true
presence_grace = 0
max_clients = {TOGETHER}
"""
AUTH = f"""
[auth]
enabled = true
timeout = "500ms"
[[auth.users]]
username = "jane"
token_sha256 = "{hashlib.sha256(b"token").hexdigest()}"
"""


def in_room(client):
    client.enter()
    client.command(type="subscribe", channel="room")
    client.round_trip_past_events()
    return client


# --- The states that a client can be in; each function brings a new connection into one ---------------------------


def connected(client):
    pass


def in_the_request(client):
    client.send(request()[:30])


def behind_the_request(client):
    client.send(request())


def refused(client):
    client.send(request("/elsewhere"))
    client.receive_head()


def idle(client):
    in_room(client)


def in_a_header(client):
    in_room(client).send(frame(TEXT, b"x" * 200)[:3])


def in_a_frame(client):
    in_room(client).send(frame(TEXT, b"x" * 200)[:100])


def in_a_large_frame(client):
    in_room(client).send(frame(TEXT, b"x" * 900_000)[:500_000])


def in_a_message(client):
    in_room(client).send(frame(TEXT, b"x" * 200_000, fin=False) + frame(PING, b"in between"))


def with_a_full_outbox(client):
    """It asks and asks and reads no answer, until the server takes no more of its questions."""
    in_room(client)
    client.socket.settimeout(0.2)
    try:
        while True:
            client.send(frame(PING, b"x" * 125) * 500)
    except (TimeoutError, ConnectionError):
        pass  # the latter where the server has lost its patience already


def closing_first(client):
    in_room(client).send(frame(0x8, b"\x03\xe8"))


def closed_by_the_server(client):
    in_room(client).send(frame(BINARY, b"not here"))
    client.receive_close()


def failed_by_the_server(client):
    in_room(client).send(frame(3))


def not_authenticated(client):
    client.enter()


def authenticating(client):
    client.enter()
    client.command(type="authenticate", id=1, credentials={"username": "jane", "token": "token"})


def authenticating_wrongly(client):
    client.enter()
    for _ in range(3):
        client.command(type="authenticate", id=1, credentials={"username": "jane", "token": "wrong"})


STATES = (
    connected,
    in_the_request,
    behind_the_request,
    refused,
    idle,
    in_a_header,
    in_a_frame,
    in_a_large_frame,
    in_a_message,
    with_a_full_outbox,
    closing_first,
    closed_by_the_server,
    failed_by_the_server,
)
STATES_OF_AUTHENTICATION = (connected, not_authenticated, authenticating, authenticating_wrongly)


def by_reset(client):
    client.reset()


def by_ending(client):
    client.close()


def by_half_closing(client):
    with contextlib.suppress(OSError):  # the server may have been quicker
        client.socket.shutdown(socket.SHUT_WR)


def by_silence(client):
    """The connection stays, and nothing comes from it any more."""


DEATHS = (by_reset, by_ending, by_half_closing, by_silence)


class Deaths(unittest.TestCase):
    def check(self, server, state, death):
        clients = []
        try:
            for _ in range(TOGETHER):
                clients.append(RawClient(server, receive_buffer=16384))
                state(clients[-1])
            for client in clients:
                death(client)
            self.wait_for_base(server)
        finally:
            for client in clients:
                client.close()

    def start(self, config):
        server = self.enterContext(Server(config=config))
        with RawClient(server) as client:
            client.enter()
            with_client = server.descriptors()
        eventually(lambda: server.descriptors() < with_client, "the first client is still there")
        self.base = server.descriptors()
        return server

    def test_nothing_is_left_of_a_client(self):
        server = self.start(CONFIG)
        for state in STATES:
            for death in DEATHS:
                with self.subTest(state=state.__name__, death=death.__name__):
                    self.check(server, state, death)
                    self.check_places(server)
        if not sanitizers():
            self.assertLess(server.rss_bytes(), 128 << 20)

    def check_places(self, server):
        """All places of the server and of the channel are free, and nobody is in the room."""
        clients = []
        try:
            for _ in range(TOGETHER + 1):
                clients.append(eventually(lambda: RawClient.admitted(server), f"only {len(clients)} places are free"))
            self.assertEqual(clients[-1].ask("presence", type="presence", channel="room")["members"], [])
            for client in clients[:-1]:
                client.command(type="subscribe", id=1, channel="room")
                while (answer := client.receive_message())["type"] in ("join", "leave"):
                    pass
                self.assertEqual(answer["type"], "subscribed", answer)
            self.assertEqual(clients[-1].ask("error", type="subscribe", channel="room")["code"], "channel_full")
        finally:
            for client in clients:
                client.close()
        self.wait_for_base(server)

    def wait_for_base(self, server):
        eventually(lambda: server.descriptors() <= self.base, lambda: f"{server.descriptors()} descriptors are open")

    def test_nothing_is_left_of_a_client_that_authenticates(self):
        server = self.start(CONFIG + AUTH)
        for state in STATES_OF_AUTHENTICATION:
            for death in DEATHS:
                with self.subTest(state=state.__name__, death=death.__name__):
                    self.check(server, state, death)


class Silence(unittest.TestCase):
    """What a client that says nothing is told."""

    def test_no_pong_is_closed_with_4201(self):
        with Server(config=CONFIG) as server, RawClient(server) as client:
            client.enter()
            self.assertEqual(client.receive_frame()[0], PING)
            self.assertEqual(client.receive_close()[0], 4201)

    def test_who_answers_pings_stays_and_is_pinged_again(self):
        """The next ping is due an interval after the answer, however long the server would have waited for that."""
        with Server("--ping-interval", "200ms", "--pong-timeout", "1h") as server, RawClient(server) as client:
            client.enter()
            for _ in range(5):
                opcode, payload = client.receive_frame()
                self.assertEqual(opcode, PING)
                client.send(frame(PONG, payload))
            client.round_trip()

    def test_who_was_not_read_from_is_not_blamed_for_silence(self):
        """While much waits for a client it is not read from, so its pongs cannot be seen."""
        flags = ("--ping-interval", "1s", "--pong-timeout", "2s", "--outbox-soft-bytes", "64KiB")
        with Server(*flags) as server, RawClient(server, receive_buffer=16384) as client:
            client.enter()
            sent, batch = 0, frame(PING, b"x" * 125)
            client.socket.settimeout(4)  # longer than a silent client is waited for
            try:
                while True:
                    sent += client.socket.send((batch * 500)[sent % len(batch) :])
            except TimeoutError:
                pass
            opcode = PONG
            while opcode == PONG:
                opcode, payload = client.receive_frame()
                sent -= len(batch)
                if sent < len(batch):
                    break
            self.assertEqual(opcode, PONG, payload)


if __name__ == "__main__":
    unittest.main()
