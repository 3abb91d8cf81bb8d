"""The nodes that /nodes tells, while nodes come, drain, die and lose their Redis; and what one asks of all of them."""

import asyncio
import contextlib
import http.client
import json
import signal
import unittest

from support.admin import AdminServer
from support.chat_client import ChatClient
from support.eventually import DEADLINE, eventually
from support.redis_server import Redis, has_redis
from support.server import Server, run_binary

AUTH = """
[auth]
enabled = true
[[auth.users]]
username = "ann"
token_sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
"""  # of the token "secret"


def ask(node, path="/nodes", method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=DEADLINE)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def listing(node):
    status, _, body = ask(node)
    assert status == 200, (status, body)
    return json.loads(body)


def states(node):
    """What a node says of all: their states by their ids."""
    return {each["id"]: each["state"] for each in listing(node)["nodes"]}


def await_states(node, **expected):
    eventually(lambda: states(node) == expected, lambda: f"{states(node)}, not {expected}")


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class NodesTest(unittest.TestCase):
    def setUp(self):
        self.redis = Redis()
        self.addCleanup(self.redis.close)

    def node(self, name, *flags, **options):
        return AdminServer("--redis", self.redis.url, "--node-id", name, *flags, **options)

    def test_every_node_tells_all_of_them_where_to_go_and_with_which_headers(self):
        with self.node("a") as one, self.node("b", "--advertise", "wss://b.example.com/ws") as two:
            await_states(one, a="up", b="up")
            await_states(two, a="up", b="up")
            status, headers, body = ask(one)
            self.assertEqual(status, 200)
            self.assertEqual(headers["access-control-allow-origin"], "*")
            self.assertEqual(headers["cache-control"], "no-store")
            self.assertEqual(headers["content-type"], "application/json")
            told = json.loads(body)
            self.assertEqual([node["url"] for node in told["nodes"]], [one.url, "wss://b.example.com/ws"])
            self.assertFalse(told["stale"])
            self.assertLess(told["age_ms"], 5000)
            for node in told["nodes"]:
                self.assertEqual((node["healthy"], node["connections"]), (True, 0))
                self.assertTrue(0 <= node["load"] <= 1, node)
            self.assertEqual(ask(one, method="HEAD")[2], b"")
            admin = two.admin.get("/api/nodes").json
            self.assertEqual((admin["self"], len(admin["nodes"])), ("b", 2))

    def test_connections_are_counted_by_node(self):
        async def come(one, two):
            async with ChatClient(one) as client:
                await client.enter()
                await asyncio.to_thread(
                    eventually,
                    lambda: [node["connections"] for node in listing(two)["nodes"]] == [1, 0],
                    lambda: listing(two),
                )

        with self.node("a") as one, self.node("b") as two:
            await_states(two, a="up", b="up")
            asyncio.run(come(one, two))

    def test_a_node_that_drains_says_so_and_one_that_has_stopped_is_gone(self):
        async def drain(one, two):
            async with contextlib.AsyncExitStack() as clients:
                for _ in range(4):  # the first is closed at once, the last after three quarters of the window
                    await (await clients.enter_async_context(ChatClient(two))).enter()
                two.terminate()
                await asyncio.to_thread(await_states, one, a="up", b="draining")
                self.assertFalse(listing(one)["nodes"][1]["healthy"])
                await asyncio.to_thread(await_states, one, a="up")

        with self.node("a") as one, self.node("b", "--drain-window", "20s") as two:
            await_states(one, a="up", b="up")
            asyncio.run(drain(one, two))

    def test_a_node_that_dies_is_gone_when_its_lease_is(self):
        with self.node("a") as one, self.node("b") as two:
            await_states(one, a="up", b="up")
            two.kill()
            await_states(one, a="up")

    def test_while_redis_is_away_the_last_list_is_told_as_stale_and_nobody_is_lost_when_it_is_back(self):
        with self.node("a") as one, self.node("b") as two:
            await_states(one, a="up", b="up")
            self.redis.kill()
            eventually(lambda: listing(one)["stale"], lambda: listing(one))
            self.assertEqual(states(one), {"a": "up", "b": "up"})
            self.redis.start()
            eventually(lambda: not listing(one)["stale"], lambda: listing(one))
            self.assertEqual(states(one), {"a": "up", "b": "up"})
            await_states(two, a="up", b="up")

    def test_a_redis_that_merely_hung_for_longer_than_leases_costs_no_node(self):
        with self.node("a") as one, self.node("b"):
            await_states(one, a="up", b="up")
            self.redis.signal(signal.SIGSTOP)
            eventually(lambda: listing(one)["stale"], lambda: listing(one))
            self.redis.signal(signal.SIGCONT)
            eventually(lambda: not listing(one)["stale"], lambda: listing(one))
            self.assertEqual(states(one), {"a": "up", "b": "up"})

    def test_a_node_on_all_addresses_is_told_and_not_offered_and_the_log_says_what_to_set(self):
        with self.node("a", host="0.0.0.0") as node:
            node.says("advertise has to say by which URL they reach it")
            (told,) = listing(node)["nodes"]
            self.assertNotIn("url", told)
            self.assertFalse(told["healthy"])

    def test_what_is_no_url_of_a_node_stops_the_start(self):
        ended = run_binary("serve", "--redis", self.redis.url, "--advertise", "http://h", "--admin", "off")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("--advertise", ended.stderr)
        self.assertIn("wss://node-1.example.com/ws", ended.stderr)

    def test_a_user_is_disconnected_wherever_he_is(self):
        async def kick(one, two):
            async with ChatClient(one) as here, ChatClient(two) as there:
                for client in (here, there):
                    await client.enter()
                    await client.command(type="authenticate", id=1, credentials={"username": "ann", "token": "secret"})
                    await client.expect("authenticated")
                words = ["kick", "ann", "--admin", f"127.0.0.1:{one.admin.port}", "--reason", "be nice"]
                ended = await asyncio.to_thread(run_binary, *words)
                self.assertEqual(json.loads(ended.stdout), {"disconnected": 1, "nodes": 2}, ended)
                for client in (here, there):
                    self.assertEqual(await client.closed(), (4003, "be nice"))

        with self.node("a", config=AUTH) as one, self.node("b", config=AUTH) as two:
            await_states(one, a="up", b="up")
            asyncio.run(kick(one, two))

    def test_without_redis_a_user_is_disconnected_where_the_server_can(self):
        with self.node("a") as one:
            self.redis.kill()
            eventually(lambda: one.admin.get("/ready").status == 503, "still ready")
            answer = one.admin.post("/api/disconnect", {"user": "ann"})
            self.assertEqual((answer.status, answer.json), (200, {"disconnected": 0, "nodes": 1}))


class AloneTest(unittest.TestCase):
    def test_a_server_without_redis_has_no_nodes(self):
        with AdminServer() as server:
            self.assertEqual(ask(server)[0], 404)
            self.assertEqual(server.admin.get("/api/nodes").json, {"nodes": []})
            self.assertEqual(server.admin.post("/api/disconnect", {"user": "ann"}).json, {"disconnected": 0})
        with Server() as server:
            self.assertEqual(ask(server)[0], 404)


if __name__ == "__main__":
    unittest.main()
