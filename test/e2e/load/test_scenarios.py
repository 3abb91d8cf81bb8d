"""Every scenario of sentix-load against a server: what it counts must have happened."""

import asyncio
import contextlib
import pathlib
import signal
import time
import unittest
import xml.etree.ElementTree

import websockets

from generator import LoadTest, finish, serving, start
from support import process
from support.eventually import eventually
from support.server import Server


class Scenarios(LoadTest):
    def chat(self, **options):
        return self.enterContext(Server(**options))

    def check_latency(self, result):
        latency = result["latency_ns"]
        # The two are counted one after the other while messages come in.
        self.assertLess(abs(latency["count"] - result["received"]), 100 + 0.02 * result["received"])
        self.assertLessEqual(0, latency["p50"])
        self.assertLessEqual(latency["p50"], latency["p99"])
        self.assertLessEqual(latency["p99"], latency["max"])

    def test_echo(self):
        server = self.enterContext(Server("--workers", "1", command="echo"))
        for flags in (
            ("--bytes", "20"),
            ("--bytes", "0"),
            ("--bytes", "70KiB", "--binary", "--connections", "3"),
            ("--in-flight", "16", "--threads", "2"),
            ("--bytes", "1MiB", "--in-flight", "4", "--connections", "2"),
        ):
            with self.subTest(flags):
                result = self.measure("echo", server.url, "--pid", server.pid, *flags)
                self.assertGreater(result["received"], 0)
                self.check_latency(result)
                self.assertGreater(result["server"]["cpu_us_per_message"], 0)
                self.assertGreater(result["server"]["resident_bytes"], 0)

    def test_echo_over_a_unix_socket(self):
        folder = self.folder()
        self.enterContext(Server(command="echo", host=f"unix:{folder}/socket"))
        self.assertGreater(self.measure("echo", f"unix:{folder}/socket")["received"], 0)

    def test_open_loop_sends_what_it_was_told_to(self):
        server = self.enterContext(Server(command="echo"))
        result = self.measure("echo", server.url, "--rate", "500", "--threads", "2")
        due = 500 * result["measured_seconds"]
        self.assertLess(abs(result["sent"] - due), 0.2 * due + 20)  # a loop that is late makes up for it at once
        self.check_latency(result)

    def test_publish(self):
        result = self.measure("publish", self.chat().url, "--connections", "10", "--in-flight", "4", "--threads", "2")
        self.assertGreater(result["received"], 0)
        self.check_latency(result)

    def test_fanout_counts_every_delivery(self):
        result = self.measure("fanout", self.chat().url, "--rooms", "3", "--subscribers", "7", "--bytes", "100")
        self.assertGreater(result["sent"], 0)
        # Each room: seven subscribers and the publisher. What is under way at the ends of the measurement may differ.
        self.assertLessEqual(abs(result["received"] - 8 * result["sent"]), 3 * 8)
        self.check_latency(result)

    def test_fanout_in_an_open_loop_over_two_threads(self):
        result = self.measure("fanout", self.chat().url, "--rooms", "3", "--threads", "2", "--rate", "300")
        self.assertGreater(result["received"], 0)

    def test_a_slow_reader_is_told_why_it_was_closed(self):
        server = self.chat(config='outbox_hard_bytes = "2MiB"\nmax_message_bytes = "1MiB"\n')
        result = self.measure("slow", server.url, "--subscribers", "5", "--slow", "2", "--bytes", "200KiB",
                              "--duration", "3s")  # fmt: skip
        (how, count), *others = result["endings"].items()
        self.assertTrue(how.startswith("slow reader: closed with 4101"), how)
        self.assertEqual((count, others), (2, []))

    def test_connect(self):
        for flags in ((), ("--rate", "200"), ("--threads", "2")):
            with self.subTest(flags):
                result = self.measure("connect", self.chat().url, "--connections", "10", *flags)
                self.assertGreater(result["received"], 0)
                self.check_latency(result)

    def test_idle(self):
        server = self.chat()
        result = self.measure("idle", server.url, "--connections", "50", "--subscribe", "--pid", server.pid)
        self.assertEqual(result["connections"], 50)

    def test_idle_tells_what_a_connection_costs(self):
        server = self.enterContext(Server("--max-clients", "5000"))
        result = self.measure("idle", server.url, "--connections", "2000", "--pid", server.pid)["server"]
        self.assertEqual([point["connections"] for point in result["memory"]], [0, 1000, 2000])
        self.assertIn("bytes_per_connection", result)

    def test_a_token_comes_with_the_handshake(self):
        users = (
            "[auth]\nenabled = true\n[[auth.users]]\nusername = 'a'\n"
            "token_sha256 = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b'\n"
        )
        server = self.chat(config=users)
        self.assertGreater(self.measure("publish", server.url, "--token", "secret")["received"], 0)
        refused = self.run_load("publish", server.url, "--token", "wrong")
        self.assertEqual(refused.status, 1)
        self.assertIn("closed with 4001", refused.err)


class ForeignServers(LoadTest):
    """Servers that others wrote: python3-websockets, and a bare TCP echo of asyncio."""

    def test_echo(self):
        async def echo(socket):
            with contextlib.suppress(websockets.ConnectionClosed):
                async for message in socket:
                    await socket.send(message)

        async def serve():
            return await websockets.serve(echo, "127.0.0.1", 0, compression=None)

        port = self.enterContext(serving(serve))
        result = self.measure("echo", f"ws://127.0.0.1:{port}/", "--connections", "5", "--in-flight", "3")
        self.assertGreater(result["received"], 0)

    def test_plain_fanout(self):
        rooms = {}

        async def relay(socket):
            room = rooms.setdefault(socket.path, set())
            room.add(socket)
            try:
                async for message in socket:
                    websockets.broadcast(room, message)
            finally:
                room.discard(socket)

        async def serve():
            return await websockets.serve(relay, "127.0.0.1", 0, compression=None)

        port = self.enterContext(serving(serve))
        url = f"ws://127.0.0.1:{port}/{{room}}"
        result = self.measure("fanout", url, "--plain", "--rooms", "2", "--subscribers", "4")
        self.assertGreater(result["sent"], 0)
        self.assertEqual(set(rooms), {"/0", "/1"})

    def test_bare_tcp(self):
        async def echo(reader, writer):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
            writer.close()

        async def serve():
            return await asyncio.start_server(echo, "127.0.0.1", 0)

        port = self.enterContext(serving(serve))
        result = self.measure("echo", f"tcp://127.0.0.1:{port}", "--connections", "5", "--in-flight", "3")
        self.assertGreater(result["received"], 0)


class Reports(LoadTest):
    def setUp(self):
        self.server = self.enterContext(Server(command="echo"))

    def test_text_and_pictures(self):
        folder = pathlib.Path(self.folder())
        for name in ("result.svg", "result.html"):
            result = self.run_load("echo", self.server.url, "--duration", "1500ms", "--plot", folder / name)
            self.assertEqual(result.status, 0, result)
            self.assertRegex(result.out, r"(?m)^latency +p50 ")
        picture = xml.etree.ElementTree.parse(folder / "result.svg").getroot()
        self.assertEqual(len(picture.findall(".//{http://www.w3.org/2000/svg}polyline")), 4)
        self.assertIn("<svg", (folder / "result.html").read_text(encoding="utf-8"))

    def test_a_signal_ends_the_measurement_and_not_the_report(self):
        child = start("echo", self.server.url, "--duration", "5m", "--warmup", "0s", "--json", "-")
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        result = finish(child)
        self.assertEqual(result.status, 0, result)
        self.assertTrue(result.json["interrupted"])
        self.assertLess(result.json["measured_seconds"], 60)

    def test_nothing_is_left_behind(self):
        self.assertEqual(self.run_load("echo", self.server.url, "--duration", "200ms").status, 0)
        before = process.descriptors(self.server.pid)
        self.assertEqual(self.run_load("echo", self.server.url, "--duration", "200ms").status, 0)
        eventually(lambda: process.descriptors(self.server.pid) <= before, "the server has all its descriptors back")



if __name__ == "__main__":
    unittest.main()
