"""tools/examples/telemetry: an application that embeds the library, as its devices and its watchers know it."""

import os
import pathlib
import signal
import subprocess
import types
import unittest

from support.chat_client import ChatClient
from support.eventually import DEADLINE

BINARY = pathlib.Path(os.environ["SENTIX_BUILD"], "example-telemetry")


class TelemetryTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.child = subprocess.Popen([BINARY, "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.child.stdout.close)
        self.addCleanup(self.child.wait, DEADLINE)
        self.addCleanup(self.child.kill)
        url = self.child.stdout.readline().removeprefix("listening on ").strip()
        self.server = types.SimpleNamespace(host="127.0.0.1", url=url)

    async def client(self):
        client = await self.enterAsyncContext(ChatClient(self.server))
        return await client.enter()

    async def device(self, name):
        device = await self.client()
        answer = await device.ask(type="authenticate", id=1, credentials={"username": name, "token": "device-token"})
        self.assertEqual(answer["type"], "authenticated", answer)
        return device

    async def report(self, device, channel, celsius):
        answer = await device.ask(type="publish", id=2, channel=channel, data=celsius)
        self.assertEqual(answer["type"], "published", answer)

    async def test_what_devices_report_is_summed_up(self):
        watcher = await self.client()
        await watcher.subscribe("summary")
        kitchen, oven = await self.device("kitchen"), await self.device("oven")
        for celsius in (20, 21.5, 22):
            await self.report(kitchen, "device/kitchen", celsius)
        await self.report(kitchen, "device/kitchen", 4000)
        await self.report(kitchen, "device/kitchen", "hot")
        await self.report(kitchen, "device/oven", 21)
        await self.report(oven, "device/oven", 100)

        seen = {}  # a second may end anywhere between the reports
        while "oven" not in seen:
            for name, second in (await watcher.expect("message"))["data"].items():
                seen.setdefault(name, []).append(second)
        self.assertEqual(seen["oven"], [{"reports": 1, "least": 100, "most": 100, "mean": 100}])
        kitchen = seen["kitchen"]
        self.assertEqual(sum(second["reports"] for second in kitchen), 3)
        self.assertEqual(min(second["least"] for second in kitchen), 20)
        self.assertEqual(max(second["most"] for second in kitchen), 22)
        self.assertAlmostEqual(sum(second["mean"] * second["reports"] for second in kitchen), 63.5, places=2)

    async def test_only_devices_report(self):
        stranger = await self.client()
        answer = await stranger.ask(type="publish", id=1, channel="device/kitchen", data=20)
        self.assertEqual(answer["code"], "unauthenticated", answer)
        answer = await stranger.ask(type="publish", id=2, channel="summary", data={})
        self.assertEqual(answer["code"], "forbidden", answer)
        answer = await stranger.ask(type="authenticate", id=3, credentials={"username": "kitchen", "token": "guessed"})
        self.assertEqual(answer["code"], "unauthenticated", answer)

    async def test_a_signal_ends_it(self):
        self.child.send_signal(signal.SIGTERM)
        self.assertEqual(self.child.wait(DEADLINE), 0)


if __name__ == "__main__":
    unittest.main()
