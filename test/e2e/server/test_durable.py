"""Durable channels: what was acknowledged survives kill -9 at any moment, in its order, and a full disk loses nothing
silently. SENTIX_KILLS tells how often the server is killed, 25 times by default."""

import asyncio
import contextlib
import os
import pathlib
import random
import sqlite3
import subprocess
import tempfile
import time
import unittest

import websockets

from support.chat_client import ChatClient
from support.eventually import DEADLINE
from support.server import Server, run_binary

KILLS = int(os.environ.get("SENTIX_KILLS", "25"))
PUBLISHERS = 3
WINDOW = 16  # publications of one publisher that are under way together
CONFIG = """
[channels.log]
persistent = true
publish = "anyone"
history_size = 1000000
history_ttl = "600m"
history_bytes = "1GiB"
durability = "written"

[channels.vault]
persistent = true
publish = "anyone"
history_size = 1000000
history_ttl = "600m"
history_bytes = "1GiB"
durability = "synced"

[channels.kept]
persistent = true
publish = "anyone"
"""


class Record:
    """What clients know of one channel, over all lives of the server."""

    def __init__(self, name):
        self.name = name
        self.epoch = None
        self.acknowledged = {}  # data by offset
        self.heard = {}
        self.heard_top = 0
        self.stored = []  # what the history had after the last death, in order
        self.sent = set()
        self.unanswered = [[] for _ in range(PUBLISHERS)]  # data of each publisher, in order
        self.next_number = 0

    def next_data(self):
        self.next_number += 1
        data = f"{self.name}-{self.next_number}"
        self.sent.add(data)
        return data


async def publish(server, record, index):
    """Publishes until the server dies. What was not answered before comes first, again, with its key."""
    waiting = record.unanswered[index]
    try:
        async with ChatClient(server) as client:
            await client.enter()
            repeated = len(waiting)
            while True:
                while len(waiting) < max(WINDOW, repeated):
                    waiting.append(record.next_data())
                for number, data in enumerate(waiting):
                    await client.command(type="publish", id=number, channel=record.name, data=data, key=data)
                for number, data in enumerate(list(waiting)):
                    answer = await client.receive()
                    assert (answer["type"], answer["id"]) == ("published", number), answer
                    record.acknowledged[answer["offset"]] = data
                    waiting.remove(data)
                repeated = 0
    except (websockets.exceptions.WebSocketException, OSError):
        pass  # it has died


async def listen(server, record):
    """Goes on where the last subscription ended, and notes what comes until the server dies."""
    try:
        async with ChatClient(server) as client:
            await client.enter()
            since = {"since": {"epoch": record.epoch, "offset": record.heard_top}} if record.heard_top else {}
            answer = await client.subscribe(record.name, **since)
            if since:
                assert answer["recovered"], answer
            else:
                record.heard_top = answer["offset"]
            while True:
                message = await client.expect("message")
                assert message["offset"] == record.heard_top + 1, (message, record.heard_top)
                record.heard_top = message["offset"]
                record.heard[message["offset"]] = message["data"]
    except (websockets.exceptions.WebSocketException, OSError):
        pass  # it has died


class DurableTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.data_dir = self.enterContext(tempfile.TemporaryDirectory(prefix="sentix-data-"))

    def server(self, *flags, **options):
        return Server("--data-dir", self.data_dir, *flags, config=CONFIG, **options)

    async def history(self, server, channel):
        async with ChatClient(server) as client:
            await client.enter()
            return await client.ask(type="history", id=1, channel=channel, limit=1000000)

    async def publish_some(self, server, channel, count):
        async with ChatClient(server) as client:
            await client.enter()
            return [await client.ask(type="publish", id=n, channel=channel, data=n) for n in range(count)]


class Kills(DurableTest):
    async def check(self, server, record):
        """What is stored is what the clients know, and no more than was sent; nothing of it has changed its place."""
        history = await self.history(server, record.name)
        stored = [message["data"] for message in history["messages"]]
        self.assertEqual([message["offset"] for message in history["messages"]], list(range(1, len(stored) + 1)))
        if record.stored:
            self.assertEqual(history["epoch"], record.epoch)
            self.assertEqual(stored[: len(record.stored)], record.stored)
        record.epoch, record.stored = history["epoch"], stored
        for known in (record.acknowledged, record.heard):
            for offset, data in known.items():
                self.assertLessEqual(offset, len(stored), f"{data} is lost")
                self.assertEqual(stored[offset - 1], data)
        self.assertEqual(len(set(stored)), len(stored), "something was stored twice")
        self.assertLessEqual(set(stored), record.sent)

    async def live_and_die(self, server, records):
        tasks = [publish(server, record, index) for record in records for index in range(PUBLISHERS)]
        tasks += [listen(server, record) for record in records]
        together = asyncio.gather(*tasks)
        known = sum(len(record.acknowledged) for record in records)
        enough = known + random.randrange(300)
        limit = time.monotonic() + DEADLINE
        while sum(len(record.acknowledged) for record in records) < enough and not together.done():
            self.assertLess(time.monotonic(), limit, "nothing is acknowledged")
            await asyncio.sleep(random.uniform(0, 0.005))
        server.kill()
        await asyncio.wait_for(together, DEADLINE)

    async def test_nothing_acknowledged_is_lost(self):
        records = [Record("log"), Record("vault")]
        for _ in range(KILLS):
            with self.server() as server:
                for record in records:
                    await self.check(server, record)
                await self.live_and_die(server, records)
        with self.server() as server:
            for record in records:
                await self.check(server, record)
                self.assertGreater(len(record.acknowledged), KILLS, "the server never lived long enough to tell")


class Stops(DurableTest):
    async def test_in_memory_an_unclean_stop_begins_a_new_epoch(self):
        with self.server() as server:
            first = await self.publish_some(server, "kept", 3)
            before = await self.history(server, "kept")
            self.assertEqual([answer["offset"] for answer in first], [1, 2, 3])
            server.stop()
        with self.server() as server:
            self.assertEqual(await self.history(server, "kept"), before)
            self.assertEqual((await self.publish_some(server, "kept", 1))[0]["offset"], 4)
            server.kill()
        with self.server() as server:  # what the clean stop left was there once: the death took it along
            after = await self.history(server, "kept")
            self.assertNotEqual(after["epoch"], before["epoch"])
            self.assertEqual(after["messages"], [])

    async def test_a_clean_stop_keeps_everything(self):
        histories = {}
        with self.server() as server:
            for channel in ("log", "vault", "kept"):
                await self.publish_some(server, channel, 5)
                histories[channel] = await self.history(server, channel)
        with self.server() as server:
            for channel, history in histories.items():
                self.assertEqual(await self.history(server, channel), history)
                self.assertEqual((await self.publish_some(server, channel, 1))[0]["offset"], 6)

    async def test_the_loss_of_power_begins_a_new_epoch_where_something_may_be_lost(self):
        before = {}
        with self.server() as server:
            for channel in ("log", "vault"):
                await self.publish_some(server, channel, 3)
                before[channel] = await self.history(server, channel)
            server.kill()
        with contextlib.closing(sqlite3.connect(pathlib.Path(self.data_dir) / "sentix.db")) as database:
            database.execute("UPDATE session SET boot = 'another'")
            database.commit()
        with self.server() as server:
            after = {channel: await self.history(server, channel) for channel in before}
            self.assertEqual(after["vault"], before["vault"])
            self.assertNotEqual(after["log"]["epoch"], before["log"]["epoch"])
            self.assertEqual(after["log"]["messages"], before["log"]["messages"])
            self.assertEqual((await self.publish_some(server, "log", 1))[0]["offset"], 4)
            async with ChatClient(server) as client:
                await client.enter()
                since = {"epoch": before["log"]["epoch"], "offset": 3}
                self.assertFalse((await client.subscribe("log", since=since))["recovered"])
            server.kill()
        with self.server() as server:  # which is the same boot
            self.assertEqual((await self.history(server, "log"))["epoch"], after["log"]["epoch"])

    async def test_a_folder_has_one_server(self):
        with self.server():
            config = pathlib.Path(self.data_dir) / "sentix.toml"
            config.write_text(CONFIG, encoding="utf-8")
            done = run_binary("serve", "--port", 0, "--data-dir", self.data_dir, "--config", config)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(f"cannot use data_dir {self.data_dir}: another process uses it", done.stderr)


@unittest.skipUnless(os.geteuid() == 0, "a small file system is mounted by root alone")
class FullDisk(DurableTest):
    def setUp(self):
        super().setUp()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", self.data_dir], check=False)
        if mounted.returncode != 0:
            self.skipTest("this machine does not let root mount a tmpfs")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.data_dir], check=True)

    async def test_publishers_are_told_and_it_goes_on_when_there_is_room(self):
        with self.server() as server:
            answers = []
            async with ChatClient(server) as client:
                await client.enter()
                while len(answers) < 5000 and (not answers or answers[-1]["type"] == "published"):
                    data = f"{len(answers)} " + "x" * 10000
                    answers.append(await client.ask(type="publish", id=1, channel="log", data=data))
                refused = answers.pop()
                self.assertEqual((refused["type"], refused.get("code")), ("error", "internal"))
                self.assertIn("storage is failing", refused["message"])
                server.says("durable channels cannot be stored")

                subprocess.run(["mount", "-o", "remount,size=64m", self.data_dir], check=True)
                again = await client.ask(type="publish", id=2, channel="log", data="again")
                self.assertEqual((again["type"], again.get("offset")), ("published", len(answers) + 1))
            server.kill()
        with self.server() as server:
            history = await self.history(server, "log")
            self.assertEqual([message["data"].split()[0] for message in history["messages"]],
                             [str(n) for n in range(len(answers))] + ["again"])


if __name__ == "__main__":
    unittest.main()
