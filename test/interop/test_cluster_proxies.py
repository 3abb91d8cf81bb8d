"""Three nodes on one Redis behind nginx and behind HAProxy, configured as tools/deploy says."""

import asyncio
import contextlib
import unittest

from support.admin import AdminServer
from support.chat_client import ChatClient
from support.eventually import eventually
from support.redis_server import Redis, has_redis

from proxy import DEPLOY, NGINX, Proxy, replaced

CONFIG = """
[channels.kept]
persistent = true
publish = "anyone"
"""


class Nginx(Proxy):
    def _command(self, nodes):
        site = replaced((DEPLOY / "nginx-cluster.conf").read_text(), "listen 80;", f"listen 127.0.0.1:{self.port};")
        for number, node in enumerate(nodes):
            site = replaced(site, f"127.0.0.1:{8080 + number}", f"127.0.0.1:{node.port}")
        (self.folder / "nginx.conf").write_text(NGINX.format(site=site))
        return ["nginx", "-p", str(self.folder), "-c", "nginx.conf", "-e", "stderr"]


class Haproxy(Proxy):
    def _command(self, nodes):
        text = replaced((DEPLOY / "haproxy-cluster.cfg").read_text(), "bind :80", f"bind 127.0.0.1:{self.port}")
        for number, node in enumerate(nodes):
            text = replaced(text, f"127.0.0.1:{8080 + number} port {9180 + number}",
                            f"127.0.0.1:{node.port} port {node.admin.port}")
        (self.folder / "haproxy.cfg").write_text(text)
        return ["haproxy", "-db", "-f", str(self.folder / "haproxy.cfg")]


def clients_of(nodes):
    return [node.admin.get("/api/info").json["clients"] for node in nodes]


class Clustered:
    """The tests, of which there is a class for each proxy."""

    proxy = None

    @contextlib.contextmanager
    def cluster(self, *flags):
        with contextlib.ExitStack() as stack:
            redis = Redis()
            stack.callback(redis.close)
            nodes = [stack.enter_context(AdminServer("--redis", redis.url, "--node-id", f"node-{number}", *flags,
                                                     config=CONFIG)) for number in range(3)]
            yield nodes, stack.enter_context(self.proxy(nodes))

    async def come(self, stack, proxy, source="127.0.0.1"):
        """A client that has entered, from an address of its own."""
        client = ChatClient(proxy, local_addr=(source, 0))
        return await (await stack.enter_async_context(client)).enter()

    async def come_for_sure(self, stack, proxy):
        """The same while a node is gone of which the proxy may not know yet."""
        for _ in range(100):
            try:
                return await self.come(stack, proxy)
            except Exception:  # whatever the proxy answers meanwhile
                await asyncio.sleep(0.1)
        return await self.come(stack, proxy)

    async def test_clients_of_one_address_share_a_node_and_others_are_spread(self):
        with self.cluster() as (nodes, proxy):
            async with contextlib.AsyncExitStack() as stack:
                for _ in range(6):
                    await self.come(stack, proxy)
                self.assertEqual(sorted(clients_of(nodes)), [0, 0, 6])
                for last in range(2, 26):
                    await self.come(stack, proxy, f"127.0.0.{last}")
                self.assertEqual(sum(clients_of(nodes)), 30)
                self.assertGreater(sorted(clients_of(nodes))[1], 0)

    async def test_a_node_that_dies_costs_its_clients_a_reconnect_and_no_message(self):
        with self.cluster() as (nodes, proxy):
            async with contextlib.AsyncExitStack() as stack:
                client = await self.come(stack, proxy)
                place = await client.subscribe("kept")
                at = clients_of(nodes).index(1)
                others = [node for node in nodes if node is not nodes[at]]
                nodes[at].kill()
                await client.closed()
                await asyncio.to_thread(others[0].admin.publish, "kept", "while away")
                back = await self.come_for_sure(stack, proxy)
                since = {"epoch": place["epoch"], "offset": place["offset"]}
                self.assertTrue((await back.subscribe("kept", since=since))["recovered"])
                self.assertEqual((await back.expect("message"))["data"], "while away")
                self.assertEqual(sorted(clients_of(others)), [0, 1])

    async def test_a_node_that_drains_gets_nobody_new(self):
        with self.cluster("--drain-window", "60s") as (nodes, proxy):
            async with contextlib.AsyncExitStack() as stack:
                for _ in range(4):
                    await self.come(stack, proxy)
                at = clients_of(nodes).index(4)
                others = [node for node in nodes if node is not nodes[at]]
                nodes[at].terminate()
                eventually(lambda: nodes[at].admin.get("/ready").status == 503, "it does not drain")
                for _ in range(5):
                    await self.come_for_sure(stack, proxy)
                self.assertEqual(sum(clients_of(others)), 5)


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class BehindNginx(Clustered, unittest.IsolatedAsyncioTestCase):
    proxy = Nginx


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class BehindHaproxy(Clustered, unittest.IsolatedAsyncioTestCase):
    proxy = Haproxy


if __name__ == "__main__":
    unittest.main()
