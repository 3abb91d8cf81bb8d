"""Restarts that refuse nobody: the listening sockets outlive the process, and who waits in their queues is served.

Clients connect and leave, again and again, while the server is restarted twenty times; one failure is too many.
"""

import asyncio
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest
import urllib.request

import websockets

from support.eventually import DEADLINE
from support.server import BINARY

RESTARTS = 20
FLAGS = ("--drain-window", "300ms", "--workers", "2")


class Visitors:
    """A few clients, each of which comes, hears its welcome, and comes again, until they are told to stop."""

    COUNT = 4

    def __init__(self, connect):
        self._connect = connect
        self._stopping = False
        self.visits = 0

    async def __aenter__(self):
        self._tasks = [asyncio.create_task(self._come_again()) for _ in range(self.COUNT)]
        return self

    async def __aexit__(self, *details):
        self._stopping = True
        await asyncio.gather(*self._tasks)

    async def _come_again(self):
        while not self._stopping:
            async with self._connect() as client:
                await asyncio.wait_for(client.recv(), DEADLINE)
            self.visits += 1

    async def more(self, count):
        """Until so many more visits are over, or one has failed."""
        wanted = self.visits + count
        while self.visits < wanted:
            for task in self._tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.01)


class Restart(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="sentix-e2e-")))
        self.log = self.enterContext(open(self.folder / "stderr", "w+b"))

    def start(self, *flags, **options):
        """A process, and what it says that it listens on."""
        child = subprocess.Popen(
            [BINARY, "serve", *FLAGS, *map(str, flags)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            cwd=self.folder,
            **options,
        )
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        line = child.stdout.readline()
        self.assertTrue(line.startswith("listening on "), (self.folder / "stderr").read_text())
        return child, line.split()[-1]

    def end(self, child):
        self.assertEqual(child.wait(DEADLINE), 0, (self.folder / "stderr").read_text())

    async def hand_over(self, first_flags, connect_to):
        """Each process is replaced by the next one, which is started beside it."""
        path = self.folder / "handover"
        child, url = self.start(*first_flags, "--handover", path)
        async with Visitors(lambda: connect_to(url)) as visitors:
            for _ in range(RESTARTS):
                await visitors.more(5)
                successor, its_url = await asyncio.to_thread(self.start, "--handover", path)
                self.assertEqual(its_url, url)
                await asyncio.to_thread(self.end, child)
                child = successor
            await visitors.more(5)
        child.send_signal(signal.SIGTERM)
        self.end(child)
        self.assertFalse(path.exists())

    async def test_hand_over(self):
        await self.hand_over(["--port", 0], lambda url: websockets.connect(url, open_timeout=DEADLINE))

    async def test_hand_over_of_a_unix_socket(self):
        path = self.folder / "socket"
        connect = lambda url: websockets.unix_connect(str(path), "ws://localhost/", open_timeout=DEADLINE)
        await self.hand_over(["--host", f"unix:{path}"], connect)
        self.assertFalse(path.exists())

    async def test_the_admin_address_goes_with_it(self):
        path = self.folder / "handover"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        flags = ["--admin", f"127.0.0.1:{port}", "--handover", path]

        def info():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=DEADLINE) as answer:
                return answer.status

        child, _ = self.start("--port", 0, *flags)
        self.assertEqual(await asyncio.to_thread(info), 200)
        successor, _ = await asyncio.to_thread(self.start, *flags)
        await asyncio.to_thread(self.end, child)
        self.assertEqual(await asyncio.to_thread(info), 200)
        successor.send_signal(signal.SIGTERM)
        self.end(successor)

    async def test_a_successor_that_cannot_start_changes_nothing(self):
        path = self.folder / "handover"
        child, url = self.start("--port", 0, "--handover", path)
        broken = await asyncio.to_thread(
            subprocess.run,
            [BINARY, "serve", "--handover", path, "--error-log", "/dev/null/x"],
            capture_output=True,
            timeout=DEADLINE,
            cwd=self.folder,
        )
        self.assertEqual(broken.returncode, 1)
        async with websockets.connect(url, open_timeout=DEADLINE) as client:
            await asyncio.wait_for(client.recv(), DEADLINE)
        child.send_signal(signal.SIGTERM)
        self.end(child)

    async def test_a_service_manager_that_holds_the_sockets(self):
        """systemd's way, by a parent that does what it does: each process begins when the one before it has ended."""
        with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
            url = f"ws://127.0.0.1:{listener.getsockname()[1]}"

            def start():
                # The shell has the number that exec keeps, and puts the socket where such sockets are.
                script = f'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@" 3<&{listener.fileno()}'
                command = ["sh", "-c", script, "sh", BINARY, "serve", *FLAGS]
                child = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=self.log,
                    text=True,
                    cwd=self.folder,
                    pass_fds=[listener.fileno()],
                )
                self.addCleanup(child.stdout.close)
                self.addCleanup(child.wait)
                self.addCleanup(child.kill)
                self.assertEqual(child.stdout.readline(), f"listening on {url}\n")
                return child

            async with Visitors(lambda: websockets.connect(url, open_timeout=DEADLINE)) as visitors:
                for _ in range(RESTARTS):
                    child = await asyncio.to_thread(start)
                    await visitors.more(5)
                    child.send_signal(signal.SIGTERM)
                    await asyncio.to_thread(self.end, child)
                child = await asyncio.to_thread(start)
                await visitors.more(5)
            child.send_signal(signal.SIGTERM)
            self.end(child)

    async def test_a_manager_hears_when_it_is_ready_and_when_it_stops(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(self.folder / "notify"))
            manager.settimeout(DEADLINE)
            environment = dict(os.environ, NOTIFY_SOCKET=str(self.folder / "notify"), WATCHDOG_USEC="200000")
            child, url = self.start("--port", 0, env=environment)

            def hear(beginning):
                while not (message := manager.recv(4096)).startswith(beginning):
                    self.assertEqual(message, b"WATCHDOG=1")
                return message

            self.assertEqual(hear(b"READY=1"), b"READY=1\nSTATUS=listening on " + url.encode())
            hear(b"WATCHDOG=1")
            child.send_signal(signal.SIGHUP)
            hear(b"RELOADING=1\nMONOTONIC_USEC=")
            hear(b"READY=1")
            child.send_signal(signal.SIGTERM)
            hear(b"STOPPING=1")
            self.end(child)


if __name__ == "__main__":
    unittest.main()
