"""`sentix cluster`: nodes that come, go, die, hang and are restarted, and what their clients notice of it."""

import asyncio
import os
import signal
import socket
import tempfile
import unittest

import websockets

from support.chat_client import ChatClient
from support.cluster import Cluster, alive, publish_somewhere, server_at
from support.eventually import eventually, eventually_async
from support.free_port import free_port
from support.redis_server import Redis, has_redis
from support.server import run_binary

CHAT = """
[channels.chat]
persistent = true
history_size = 10000
"""


class Follower:
    """A client that goes to the next node when its own has gone, and recovers what it missed."""

    def __init__(self, addresses):
        self.heard = []
        self.reconnects = -1
        self._addresses = addresses
        self._position = None

    async def run(self):
        turn = 0
        while True:
            try:
                async with ChatClient(server_at(self._addresses[turn % len(self._addresses)])) as client:
                    await self._listen(client)
            except (OSError, websockets.exceptions.WebSocketException):
                turn += 1
                await asyncio.sleep(0.02)

    async def _listen(self, client):
        await client.enter()
        answer = await client.subscribe("chat", **({"since": self._position} if self._position else {}))
        self.reconnects += 1
        if self._position:
            assert answer["recovered"], answer
        else:
            self._position = {"epoch": answer["epoch"], "offset": answer["offset"]}
        while True:
            message = await client.expect("message")
            self.heard.append(message["data"])
            self._position["offset"] = message["offset"]


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class ClusterTest(unittest.TestCase):
    def setUp(self):
        self.redis = Redis()
        self.addCleanup(self.redis.close)

    def cluster(self, **options):
        return self.enterContext(Cluster(self.redis, **options))

    def test_nodes_come_up_and_are_one_server(self):
        async def talk(one, two):
            async with ChatClient(one) as here, ChatClient(two) as there:
                await here.enter()
                await there.enter()
                await here.subscribe("general")
                await there.subscribe("general")
                await there.command(type="publish", channel="general", data="hello")
                self.assertEqual((await here.expect("message"))["data"], "hello")

        cluster = self.cluster()
        rows = cluster.await_up(3)
        self.assertEqual([row.id for row in rows], ["node-1", "node-2", "node-3"])
        self.assertEqual([row.address for row in rows], [f"127.0.0.1:{port}" for port in cluster.ports])
        self.assertEqual(len({row.admin for row in rows}), 3)
        asyncio.run(talk(server_at(rows[0].address), server_at(rows[2].address)))
        self.assertIn("node-2 | ", cluster.said())
        self.assertIn(f"node-2 (127.0.0.1:{cluster.ports[1]}) is up", cluster.said())

    def test_a_node_that_is_killed_comes_back(self):
        cluster = self.cluster()
        before = cluster.await_up(3)
        os.kill(before[1].process, signal.SIGKILL)
        cluster.await_status(lambda rows: rows[1].process not in (0, before[1].process) and rows[1].state == "up")
        after = cluster.status()
        self.assertEqual([row.restarts for row in after], [0, 1, 0])
        self.assertIn("was ended by signal 9", cluster.said())

    def test_a_node_that_hangs_is_killed_and_comes_back(self):
        cluster = self.cluster(nodes=1)
        (before,) = cluster.await_up(1)
        os.kill(before.process, signal.SIGSTOP)
        cluster.await_status(lambda rows: rows[0].restarts == 1 and rows[0].state == "up")
        self.assertIn("does not answer: it is killed", cluster.said())
        self.assertFalse(alive(before.process))

    def test_a_rolling_restart_loses_nothing_for_clients_that_recover(self):
        async def restart(cluster, before):
            followers = [Follower([row.address for row in before[turn:] + before[:turn]]) for turn in range(3)]
            tasks = [asyncio.create_task(follower.run()) for follower in followers]
            await eventually_async(lambda: all(each.reconnects == 0 for each in followers), "nobody is subscribed")
            await asyncio.to_thread(cluster.ask, "restart")
            count = 0
            while True:
                rows = await asyncio.to_thread(cluster.status)
                if all(row.restarts == 1 and row.state == "up" for row in rows):
                    break
                self.assertLessEqual(sum(row.state != "up" for row in rows), 1, rows)
                serving = [row for row in rows if row.state == "up"]
                for _ in range(10):
                    await asyncio.to_thread(publish_somewhere, serving, "chat", count)
                    count += 1
            self.assertGreater(count, 0)
            for follower in followers:
                await eventually_async(lambda each=follower: len(each.heard) >= count, lambda: follower.heard[-5:])
                self.assertEqual(follower.heard, list(range(count)))
                self.assertGreater(follower.reconnects, 0)
            for task in tasks:
                self.assertFalse(task.done(), task)
                task.cancel()

        cluster = self.cluster(config=CHAT, flags=["--drain-window", "1s"])
        before = cluster.await_up(3)
        asyncio.run(restart(cluster, before))
        after = cluster.status()
        self.assertEqual([row.restarts for row in after], [1, 1, 1])
        for old, new in zip(before, after):
            self.assertNotEqual(old.process, new.process)

    def test_nodes_are_added_and_removed(self):
        cluster = self.cluster(nodes=2)
        first, _ = cluster.await_up(2)
        added = f"127.0.0.1:{free_port()}"
        cluster.ask("add", added)
        self.assertEqual(cluster.await_up(3)[2].address, added)
        refused = cluster.command("add", added)
        self.assertEqual((refused.returncode, refused.stderr), (1, f"sentix: there is a node at {added} already\n"))
        cluster.ask("remove", first.address)
        rows = cluster.await_up(2)
        self.assertEqual([row.id for row in rows], ["node-2", "node-3"])
        self.assertFalse(alive(first.process))

    def test_a_reload_reaches_every_node(self):
        cluster = self.cluster(nodes=2, config="max_clients = 100\n")
        cluster.await_up(2)
        (cluster.folder / "sentix.toml").write_text("max_clients = 50\n", encoding="utf-8")
        cluster.signal(signal.SIGHUP)
        for node in ("node-1", "node-2"):
            eventually(
                lambda: any(line.startswith(f"{node} | ") and "in force now: max_clients" in line
                            for line in cluster.said().splitlines()), cluster.said)

    def test_ctrl_c_drains_all_nodes_and_ends_with_0(self):
        async def leave(cluster, address):
            async with ChatClient(server_at(address)) as client:
                await client.enter()
                cluster.interrupt()
                code, _ = await client.closed()
                self.assertEqual(code, 4200)

        cluster = self.cluster(flags=["--drain-window", "1s"])
        rows = cluster.await_up(3)
        asyncio.run(leave(cluster, rows[0].address))
        self.assertEqual(cluster.wait(), 0, cluster.said())
        self.assertFalse(any(alive(row.process) for row in rows))
        self.assertFalse(cluster.control.exists())

    def test_a_manager_that_is_killed_leaves_no_orphans(self):
        cluster = self.cluster()
        rows = cluster.await_up(3)
        cluster.signal(signal.SIGKILL)
        eventually(lambda: not any(alive(row.process) for row in rows), lambda: [alive(row.process) for row in rows])

    def test_the_next_manager_takes_the_control_socket_of_a_dead_one_and_not_of_one_that_lives(self):
        cluster = self.cluster(nodes=1)
        cluster.await_up(1)
        node = f"127.0.0.1:{free_port()}"
        refused = cluster.command("--node", node, "--redis", self.redis.url)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("another manager listens there", refused.stderr)
        self.assertEqual(len(cluster.status()), 1)

    def test_what_is_no_socket_stays_where_the_control_socket_should_be(self):
        with tempfile.NamedTemporaryFile() as file:
            words = ("--node", f"127.0.0.1:{free_port()}", "--redis", self.redis.url, "--control", file.name)
            refused = run_binary("cluster", *words)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(f"--control {file.name}: there is something else than a socket", refused.stderr)
            self.assertTrue(os.path.exists(file.name))

    def test_a_port_that_is_taken_is_told_with_its_node_which_comes_up_when_it_is_free(self):
        cluster = self.cluster(nodes=1)
        cluster.await_up(1)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            cluster.ask("add", f"127.0.0.1:{port}")
            eventually(lambda: f"node-2 (127.0.0.1:{port}) ended with status 1: " in cluster.said(), cluster.said)
            self.assertIn("--port", cluster.said())
        cluster.await_up(2)


class WithoutRedisTest(unittest.TestCase):
    def refused(self, *words):
        done = run_binary("cluster", *words)
        self.assertEqual(done.returncode, 1, done)
        return done.stderr

    def test_what_cannot_be_started_is_said(self):
        self.assertIn("--nodes N, or --node HOST:PORT", self.refused("--redis", "redis://127.0.0.1"))
        self.assertIn("--redis", self.refused("--nodes", 2))
        self.assertIn("cannot run /no/such/binary",
                      self.refused("--nodes", 1, "--redis", "redis://127.0.0.1", "--binary", "/no/such/binary"))
        self.assertIn('"8080" is no node', self.refused("--node", 8080, "--redis", "redis://127.0.0.1"))

    def test_where_no_manager_listens_a_command_says_so(self):
        self.assertIn("no cluster manager answers at nowhere", self.refused("status", "--control", "nowhere"))


if __name__ == "__main__":
    unittest.main()
