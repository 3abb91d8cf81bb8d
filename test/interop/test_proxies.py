"""Clients that reach sentix through nginx and through HAProxy, configured as tools/deploy says."""

import asyncio
import contextlib
import os
import re
import tempfile
import tomllib
import unittest
import urllib.request

import websockets

from support.chat_client import ChatClient
from support.eventually import DEADLINE
from support.raw_client import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawClient, close_frame, frame, request
from support.server import Server, run_binary

from proxy import DEPLOY, Haproxy, Nginx

SIZES = (0, 1, 125, 126, 65_535, 65_536, 1 << 20)


class Proxied:
    """The tests, of which there is a class for each proxy."""

    proxy = None

    @contextlib.contextmanager
    def behind(self, *flags, **options):
        with Server(*flags, **options) as server, self.proxy(server) as proxy:
            yield proxy, server

    async def test_echo_of_every_size_whole_and_in_fragments_compressed_and_not(self):
        with self.behind(command="echo") as (proxy, _):
            for compression in ("deflate", None):
                async with websockets.connect(proxy.url, compression=compression, max_size=None) as client:
                    for size in SIZES:
                        for message in ("é" * (size // 2), os.urandom(size)):
                            for sent in (message, [message[: size // 3], message[size // 3 :]]):  # a list: in fragments
                                await client.send(sent)
                                self.assertEqual(await asyncio.wait_for(client.recv(), DEADLINE), message)
                    agreed = client.response_headers.get("Sec-WebSocket-Extensions", "")
                    self.assertEqual("permessage-deflate" in agreed, compression is not None)

    async def test_a_chat(self):
        with self.behind() as (proxy, _):
            async with ChatClient(proxy) as ann, ChatClient(proxy) as bob:
                for client in (ann, bob):
                    await client.enter()
                    await client.subscribe("lobby")
                await ann.command(type="publish", channel="lobby", data={"text": "hello"})
                for client in (ann, bob):
                    message = await client.expect("message")
                    self.assertEqual((message["channel"], message["data"]), ("lobby", {"text": "hello"}))

    async def test_a_stopping_server_says_so(self):
        with self.behind("--drain-window", "100ms") as (proxy, server):
            async with ChatClient(proxy) as client:
                await client.enter()
                server.terminate()
                code, _ = await client.closed()
                self.assertEqual(code, 4200)

    async def test_pings_tell_the_silent_from_the_lost(self):
        with self.behind("--ping-interval", "500ms", "--pong-timeout", "500ms") as (proxy, _):
            async with ChatClient(proxy) as silent:  # it answers pings, and says nothing else
                await silent.enter()
                with RawClient(proxy) as lost:
                    lost.enter()
                    self.assertEqual((await asyncio.to_thread(lost.receive_close))[0], 4201)
                self.assertEqual((await silent.ask(type="ping", id=1))["type"], "pong")

    def test_frames_arrive_as_they_were_cut(self):
        with self.behind(command="echo") as (proxy, _):
            with RawClient(proxy) as client:
                client.upgrade()
                client.send_byte_by_byte(frame(TEXT, b"a", fin=False) + frame(PING, b"?") + frame(CONTINUATION, b"b"))
                self.assertEqual(client.receive_frame(), (PONG, b"?"))
                self.assertEqual(client.receive_frame(), (TEXT, b"ab"))
                client.send(close_frame(3000, "enough"))
                self.assertEqual(client.receive_frame(), (CLOSE, (3000).to_bytes(2, "big")))
                self.assertEqual(client.receive_end(), b"")

    def test_a_violation_is_told(self):
        with self.behind("--max-message-bytes", 1000, command="echo") as (proxy, _):
            for broken, code in ((frame(BINARY, b"x", mask=False), 1002), (frame(BINARY, bytes(1001)), 1009)):
                with RawClient(proxy) as client:
                    client.upgrade()
                    client.send(broken)
                    opcode, payload = client.receive_frame()
                    self.assertEqual((opcode, int.from_bytes(payload[:2], "big")), (CLOSE, code))

    def test_a_first_frame_in_the_segment_of_the_request(self):
        with self.behind(command="echo") as (proxy, _):
            with RawClient(proxy) as client:
                client.send(request() + frame(TEXT, b"early"))
                client.receive_upgrade()
                self.assertEqual(client.receive_frame(), (TEXT, b"early"))

    def test_the_page_and_a_refusal(self):
        with self.behind() as (proxy, _):
            with urllib.request.urlopen(proxy.url.replace("ws:", "http:"), timeout=DEADLINE) as page:
                self.assertIn(b"<html", page.read())
            with RawClient(proxy) as client:
                client.send(b"GET /elsewhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                self.assertEqual(client.receive_response()[0], 404)

    def test_to_a_unix_path(self):
        with tempfile.TemporaryDirectory(prefix="sentix-proxy-") as folder:
            os.chmod(folder, 0o755)
            with self.behind(host=f"unix:{folder}/sentix.sock", command="echo") as (proxy, server):
                os.chmod(server.host.removeprefix("unix:"), 0o666)  # in use, the proxy is in the group of sentix
                with RawClient(proxy) as client:
                    client.upgrade()
                    client.send(frame(TEXT, b"hello"))
                    self.assertEqual(client.receive_frame(), (TEXT, b"hello"))


class Patience(unittest.TestCase):
    def test_a_silent_connection_lives_longer_in_a_proxy_than_in_sentix(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(run_binary("config", "publish", folder=folder).returncode, 0)
            with open(f"{folder}/sentix.toml", "rb") as published:
                settings = tomllib.load(published)
        longest = sum(int(settings[name].removesuffix("s")) for name in ("ping_interval", "pong_timeout"))
        for file, timeouts in (("nginx.conf", 2), ("haproxy.cfg", 1)):
            form = r"^ +(?:proxy_(?:read|send)_timeout|timeout tunnel) (\d+)s"
            given = re.findall(form, (DEPLOY / file).read_text(), re.MULTILINE)
            self.assertEqual(len(given), timeouts)
            for seconds in given:
                self.assertGreater(int(seconds), longest)


class BehindNginx(Proxied, unittest.IsolatedAsyncioTestCase):
    proxy = Nginx


class BehindHaproxy(Proxied, unittest.IsolatedAsyncioTestCase):
    proxy = Haproxy


if __name__ == "__main__":
    unittest.main()
