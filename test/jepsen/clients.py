"""Clients that go on whatever happens, and write down all that they are told."""

import asyncio
import json

import websockets

from cluster import CHANNEL

PATIENCE = 3.0  # with one node; then another one is tried
_FAILURES = (OSError, asyncio.TimeoutError, websockets.WebSocketException, EOFError)


class Client:
    def __init__(self, cluster, random):
        self._cluster = cluster
        self._random = random
        self.done = False

    async def run(self):
        while not self.done:
            urls = self._cluster.urls()
            try:
                if urls:
                    async with websockets.connect(
                        self._random.choice(urls), open_timeout=PATIENCE, close_timeout=0.2, ping_interval=None
                    ) as socket:
                        await self._receive(socket)  # welcome
                        await self.serve(socket)
            except _FAILURES:
                self.failed()
            await asyncio.sleep(0.05)

    async def _receive(self, socket, patience=PATIENCE):
        return json.loads(await asyncio.wait_for(socket.recv(), patience))

    def failed(self):
        """The connection is gone."""


class Publisher(Client):
    """Publishes numbers, one after the other. With `keys` what was not confirmed is repeated until it is."""

    def __init__(self, cluster, random, name, keys):
        super().__init__(cluster, random)
        self.name = name
        self.keys = keys
        self.sent = []
        self.confirmed = {}  # data to offset
        self._pending = None

    async def serve(self, socket):
        while not self.done:
            if self._pending is None or not self.keys:
                self._pending = f"{self.name}-{len(self.sent)}"
                self.sent.append(self._pending)
            command = {"type": "publish", "id": 1, "channel": CHANNEL, "data": self._pending}
            if self.keys:
                command["key"] = self._pending
            await socket.send(json.dumps(command))
            reply = await self._receive(socket)
            if reply["type"] == "published":
                self.confirmed[self._pending] = reply["offset"]
                self._pending = None
            else:
                await asyncio.sleep(0.05)
            await asyncio.sleep(self._random.uniform(0, 0.02))


class Subscriber(Client):
    """Listens, and comes back with its position. Its record has what it was told, in order, as tuples:

    ("subscribed", epoch, offset, since or None, recovered), ("message", offset, data), ("gap", epoch, offset),
    ("lost",)
    """

    def __init__(self, cluster, random, name):
        super().__init__(cluster, random)
        self.name = name
        self.record = []
        self.position = None  # epoch and offset

    async def serve(self, socket):
        since = self.position
        command = {"type": "subscribe", "id": 1, "channel": CHANNEL}
        if since:
            command["since"] = {"epoch": since[0], "offset": since[1]}
        await socket.send(json.dumps(command))
        reply = await self._receive(socket)
        if reply["type"] != "subscribed":
            await asyncio.sleep(0.1)
            return
        recovered = reply.get("recovered", False)
        self.record.append(("subscribed", reply["epoch"], reply["offset"], since, recovered))
        if not recovered:
            self.position = (reply["epoch"], reply["offset"])
        leaves_after = self._random.randint(20, 400)  # on its own, now and then
        while not self.done and leaves_after > 0:
            message = await self._receive(socket)
            leaves_after -= 1
            if message["type"] == "message":
                self.record.append(("message", message["offset"], message["data"]))
                self.position = (self.position[0], message["offset"])
            elif message["type"] == "gap":
                self.record.append(("gap", message["epoch"], message["offset"]))
                self.position = (message["epoch"], message["offset"] - 1)
        self.failed()

    def failed(self):
        if self.record and self.record[-1] != ("lost",):
            self.record.append(("lost",))
