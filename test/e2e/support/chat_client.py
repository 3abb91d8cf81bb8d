"""The sentix protocol over python3-websockets, a client that was written by others."""

import asyncio
import json

import websockets

from support.eventually import DEADLINE


class ChatClient:
    """One connection inside an event loop, for `async with`. Further arguments go to websockets.connect()."""

    def __init__(self, server, path="/", **options):
        options = {"compression": None, "max_size": None, "open_timeout": DEADLINE, **options}
        if server.host.startswith("unix:"):
            path_of_socket = server.host.removeprefix("unix:")
            self._connecting = websockets.unix_connect(path_of_socket, f"ws://localhost{path}", **options)
        else:
            self._connecting = websockets.connect(server.url + path, **options)
        self.socket = None
        self.welcome = None

    async def __aenter__(self):
        self.socket = await self._connecting.__aenter__()
        return self

    async def __aexit__(self, *details):
        await self._connecting.__aexit__(*details)

    async def enter(self):
        self.welcome = await self.expect("welcome")
        return self

    async def send_text(self, text):
        await self.socket.send(text)

    async def command(self, **command):
        await self.socket.send(json.dumps(command))

    async def receive_text(self):
        return await asyncio.wait_for(self.socket.recv(), DEADLINE)

    async def receive(self):
        return json.loads(await self.receive_text())

    async def expect(self, kind):
        message = await self.receive()
        assert message["type"] == kind, message
        return message

    async def ask(self, **command):
        """Sends a command, and takes the next message as its answer."""
        await self.command(**command)
        return await self.receive()

    async def subscribe(self, channel, **options):
        answer = await self.ask(type="subscribe", id=1, channel=channel, **options)
        assert answer["type"] == "subscribed", answer
        return answer

    async def closed(self):
        """Waits for the end, whatever comes before it: the close code and reason that the server gave."""
        await asyncio.wait_for(self.socket.wait_closed(), DEADLINE)
        return self.socket.close_code, self.socket.close_reason
