"""sentix-load, run to its end, and servers for it that are not ours."""

import asyncio
import contextlib
import json
import subprocess
import tempfile
import threading
import unittest
from typing import NamedTuple

from support.eventually import DEADLINE
from support.server import BINARY

GENERATOR = BINARY.with_name("sentix-load")
SHORT = ("--duration", "300ms", "--warmup", "50ms")


class Result(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def start(*arguments):
    return subprocess.Popen(
        [GENERATOR, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(child):
    with child:
        out, err = child.communicate(timeout=DEADLINE)
        return Result(child.returncode, out, err)


class LoadTest(unittest.TestCase):
    def run_load(self, *arguments):
        return finish(start(*arguments))

    def measure(self, scenario, url, *arguments):
        """A short run that must go well: its JSON."""
        result = self.run_load(scenario, url, *SHORT, "--json", "-", *arguments)
        self.assertEqual((result.status, result.err), (0, ""), result)
        self.assertEqual(result.json["failures"], {})
        return result.json

    def folder(self):
        return self.enterContext(tempfile.TemporaryDirectory(prefix="sentix-load-"))


@contextlib.contextmanager
def serving(start_server):
    """Runs `await start_server()`, which gives an asyncio server, in a thread of its own; yields its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(start_server(), loop).result(DEADLINE)
        yield server.sockets[0].getsockname()[1]
        loop.call_soon_threadsafe(server.close)
    finally:

        async def stop():
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), loop).result(DEADLINE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
