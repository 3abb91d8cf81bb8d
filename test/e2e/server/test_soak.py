"""Two workers, 200 connections, 20 channels, and everybody does something at random, with everything switched on:
signed tokens that end and are replaced, durable channels, rates that are met, an admin listener that is scraped.

Every subscriber must see each channel's offsets dense, and all must see the same at one offset; after a reconnect they
go on where they were. Memory must be flat, which can be told of a run of two minutes or more. Lasts
SENTIX_SOAK_SECONDS, 10 by default; SENTIX_SOAK_SEED repeats the choices of a run.
"""

import asyncio
import json
import os
import random
import socket
import struct
import time
import unittest

import websockets

from support.admin import AdminServer
from support.chat_client import ChatClient
from support.eventually import eventually, eventually_async
from support.raw_client import RawClient
from support.server import sanitizers
from support.tokens import SECRET, token

SECONDS = float(os.environ.get("SENTIX_SOAK_SECONDS", "10"))
SEED = int(os.environ.get("SENTIX_SOAK_SEED", str(time.time_ns())))
CONNECTIONS = 200
CHANNELS = [f"soak-{i}" for i in range(12)] + [f"soak-written-{i}" for i in range(8)]
EXPIRED = 4001
CONFIG = f"""
data_dir = "data"

[auth]
enabled = true
[auth.jwt]
secret = "{SECRET}"
leeway = 0

[rate]
messages_per_connection = "4/s burst 5"
messages_per_user = "10/s burst 10"
bytes_per_address = "64MiB/s"
subscribes_per_server = "10000/s"
connections_per_address = "1000/s"

[channels."soak-*"]
persistent = true
presence = true
presence_grace = 0

[channels."soak-written-*"]
persistent = true
presence = true
presence_grace = 0
durability = "written"
"""
MEBIBYTE = 1 << 20
FLAT_SECONDS = 120.0  # before that memory still grows into its place: histories fill, buffers find their size

ANSWERS = {"subscribe": "subscribed", "unsubscribe": "unsubscribed", "publish": "published"}


class World:
    """What all clients together have seen."""

    def __init__(self, server):
        self.server = server
        self.random = random.Random(SEED)
        self.end = time.monotonic() + SECONDS
        self.contents = {}  # of (channel, offset)
        self.tops = {}  # of each channel, the highest offset that anybody was told
        self.counts = dict.fromkeys(("messages", "published", "recovered", "connections", "resets", "expired"), 0)

    def over(self):
        return time.monotonic() >= self.end

    def saw_top(self, channel, offset):
        self.tops[channel] = max(self.tops.get(channel, 0), offset)


class Observer:
    """Scrapes the metrics once a second, and keeps how much memory there was."""

    def __init__(self, world):
        self.world = world
        self.rss = []

    async def live(self):
        while not self.world.over():
            metrics = await asyncio.to_thread(self.world.server.admin.metrics)
            assert metrics["sentix_channels"] <= len(CHANNELS), metrics["sentix_channels"]
            self.rss.append(self.world.server.rss_bytes())
            await asyncio.sleep(1)

    def fifths(self):
        """The most memory in each fifth of the time, in MiB."""
        size = len(self.rss) / 5
        return [max(self.rss[int(i * size) : int((i + 1) * size) + 1]) / MEBIBYTE for i in range(5)]


class Member:
    """One of the 200, over all its connections. Two have one user's name."""

    def __init__(self, world, number):
        self.world = world
        self.number = number
        self.sent = 0
        self.positions = {}  # last offset of each channel, kept over reconnects
        self.epochs = {}

    def begin(self, client):
        self.client = client
        self.listening = {}  # channel: last offset
        self.pending = {}  # id: what was asked
        self.last_published = {}

    async def live(self):
        while not self.world.over():
            pass_for = token(sub=f"user-{self.number // 2}", seconds=self.world.random.randint(4, 90))
            async with ChatClient(self.world.server, f"/?token={pass_for}", ping_interval=None) as client:
                await client.enter()
                self.world.counts["connections"] += 1
                self.begin(client)
                reader = asyncio.create_task(self.read())
                try:
                    await self.act()
                finally:
                    await self.finish(reader)

    async def finish(self, reader):
        """Where the connection was not given up, everything that was published has to arrive first."""
        if not self.client.socket.closed and self.world.over() and not reader.done():
            await eventually_async(lambda: self.is_up_to_date() or reader.done(), self.describe)
        await self.client.socket.close()
        await reader
        self.world.counts["expired"] += self.client.socket.close_code == EXPIRED

    def is_up_to_date(self):
        tops = self.world.tops
        positions = self.listening.items()
        return not self.pending and all(offset == tops.get(channel, offset) for channel, offset in positions)

    def describe(self):
        return f"member {self.number}: {self.listening}, {self.pending}, of {self.world.tops} (SENTIX_SOAK_SEED={SEED})"

    # --- What it does ----------------------------------------------------------------------------------------------

    async def act(self):
        chance = self.world.random
        while not self.world.over() and not self.client.socket.closed:
            channel = chance.choice(CHANNELS)
            actions = (self.subscribe, self.unsubscribe, self.publish, self.hang_up, self.reset)
            action = chance.choices(actions, weights=(30, 12, 50, 1, 1))[0]
            try:
                await action(channel)
            except websockets.ConnectionClosed:
                return
            await asyncio.sleep(chance.random() * 0.2)

    async def ask(self, kind, channel, **options):
        self.sent += 1
        self.pending[self.sent] = (kind, channel, options.get("since"))
        await self.client.command(type=kind, id=self.sent, channel=channel, **options)

    def is_free(self, channel):
        return all(asked != channel for kind, asked, _ in self.pending.values() if kind != "publish")

    async def subscribe(self, channel):
        if channel in self.listening or not self.is_free(channel):
            return
        if channel in self.positions and self.world.random.random() < 0.7:
            since = {"epoch": self.epochs[channel], "offset": self.positions[channel]}
            await self.ask("subscribe", channel, since=since)
        else:
            await self.ask("subscribe", channel)

    async def unsubscribe(self, channel):
        if channel in self.listening and self.is_free(channel):
            await self.ask("unsubscribe", channel)

    async def publish(self, channel):
        if channel in self.listening and self.is_free(channel):
            padding = "x" * self.world.random.choice((0, 10, 100, 3000))
            await self.ask("publish", channel, data=[self.number, self.sent, padding])

    async def hang_up(self, _):
        await self.client.socket.close()

    async def reset(self, _):
        self.world.counts["resets"] += 1
        transport = self.client.socket.transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await self.client.socket.wait_closed()

    # --- What it sees ----------------------------------------------------------------------------------------------

    async def read(self):
        try:
            async for text in self.client.socket:
                self.take(json.loads(text))
        except websockets.ConnectionClosedError:
            pass

    def take(self, message):
        kind = message["type"]
        if kind == "message":
            self.take_publication(message)
        elif kind not in ("join", "leave"):
            asked, channel, since = self.pending.pop(message["id"])
            assert kind == ANSWERS[asked], message
            getattr(self, "take_" + kind)(channel, since, message)

    def take_subscribed(self, channel, since, message):
        self.epochs[channel] = message["epoch"]
        recovered = message.get("recovered", False)
        self.world.counts["recovered"] += recovered
        self.positions[channel] = self.listening[channel] = since["offset"] if recovered else message["offset"]
        self.world.saw_top(channel, message["offset"])

    def take_unsubscribed(self, channel, _, __):
        del self.listening[channel]

    def take_published(self, channel, _, message):
        self.world.counts["published"] += 1
        assert message["offset"] > self.last_published.get(channel, 0), (message, self.last_published)
        self.last_published[channel] = message["offset"]
        self.world.saw_top(channel, message["offset"])

    def take_publication(self, message):
        channel, offset = message["channel"], message["offset"]
        assert offset == self.listening[channel] + 1, (message, self.describe())
        self.positions[channel] = self.listening[channel] = offset
        content = self.world.contents.setdefault((channel, offset), message["data"])
        assert content == message["data"], (message, content)
        self.world.counts["messages"] += 1


class Soak(unittest.TestCase):
    def test_everybody_sees_the_same(self):
        with AdminServer("--workers", 2, "--max-subscriptions", len(CHANNELS), config=CONFIG) as server:
            server.admin.metrics()
            with self.client(server):
                one_more = server.descriptors()
            eventually(lambda: server.descriptors() < one_more, "the first client is still there")
            base_descriptors, base_bytes = server.descriptors(), server.rss_bytes()
            world = World(server)
            observer = Observer(world)
            asyncio.run(self.run_all(world, observer))
            eventually(lambda: server.descriptors() == base_descriptors, "descriptors are left open")
            with self.client(server) as client:
                for channel in CHANNELS:
                    self.assertEqual(client.ask("presence", type="presence", channel=channel)["members"], [])
            grown = server.rss_bytes() - base_bytes
            fifths = [round(fifth, 1) for fifth in observer.fifths()]
            print(f"\nsoak: {SECONDS:g} s, {world.counts}, memory grew by {grown / MEBIBYTE:.1f} MiB,"
                  f" the most in each fifth of the time {fifths} MiB, seed {SEED}")
            self.assertGreater(world.counts["messages"], 1000)
            self.assertGreater(world.counts["recovered"], 0)
            self.assertGreater(world.counts["expired"], 0)
            if not sanitizers():
                self.assertLess(grown, 64 * MEBIBYTE)
                if SECONDS >= FLAT_SECONDS:
                    self.assertLess(fifths[4], fifths[1] * 1.1)

    @staticmethod
    def client(server):
        client = RawClient(server)
        client.enter(f"/?token={token(sub='observer')}")
        return client

    @staticmethod
    async def run_all(world, observer):
        async with asyncio.TaskGroup() as group:
            group.create_task(observer.live())
            for number in range(CONNECTIONS):
                group.create_task(Member(world, number).live())


if __name__ == "__main__":
    unittest.main()
