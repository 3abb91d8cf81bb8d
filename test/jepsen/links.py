"""The links between nodes and their Redis, which can be cut, half cut, and slow."""

import asyncio
import threading

UP, DOWN = 0, 1  # what a node sends, and what it is sent


class Link:
    """What one node's connections pass through. Its loop's thread alone may use it."""

    def __init__(self):
        self.is_cut = False
        self.delay = 0.0  # of every piece, in seconds
        self.flows = [asyncio.Event(), asyncio.Event()]
        self._writers = set()
        for flow in self.flows:
            flow.set()

    async def serve(self, reader, writer, port):
        if self.is_cut:
            writer.transport.abort()
            return
        try:
            redis = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, redis[1]}
        self._writers |= ends
        try:
            await asyncio.gather(self._pump(reader, redis[1], UP), self._pump(redis[0], writer, DOWN))
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _pump(self, reader, writer, direction):
        try:
            while piece := await reader.read(65536):
                await asyncio.sleep(self.delay)
                await self.flows[direction].wait()
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        writer.transport.abort()  # so that the other direction ends as well

    def cut(self):
        self.is_cut = True
        for writer in self._writers:
            writer.transport.abort()


class Links:
    """One for each of `count` nodes, to the Redis at `port`, in a thread of their own. Any thread may use it."""

    def __init__(self, count, port):
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._links = []
        self._servers = []
        self.ports = []
        self._run(self._open(count))

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open(self, count):
        for _ in range(count):
            link = Link()
            server = await asyncio.start_server(
                lambda reader, writer, link=link: link.serve(reader, writer, self._port), "127.0.0.1", 0
            )
            self._links.append(link)
            self._servers.append(server)
            self.ports.append(server.sockets[0].getsockname()[1])

    def _change(self, change):
        async def apply():
            change()

        self._run(apply())

    def cut(self, which):
        """Connections are reset, and new ones as well."""
        self._change(self._links[which].cut)

    def hold(self, which, direction):
        """Half a cut: nothing comes through in one direction, and all that was sent meanwhile when it is healed.

        Both halves are a cable that was pulled: nobody is told.
        """
        self._change(self._links[which].flows[direction].clear)

    def slow_down(self, which, seconds):
        def change():
            self._links[which].delay = seconds

        self._change(change)

    def heal(self, which):
        """All of it is over."""

        def change():
            link = self._links[which]
            link.is_cut, link.delay = False, 0.0
            for flow in link.flows:
                flow.set()

        self._change(change)

    def close(self):
        async def end():
            for server in self._servers:
                server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self._run(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
