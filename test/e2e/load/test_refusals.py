"""What sentix-load says of servers that are not there, refuse, lie or break the protocol, and of command lines."""

import asyncio
import base64
import hashlib
import socket
import unittest

from generator import SHORT, LoadTest, serving
from support.server import Server

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def granted(request):
    """The answer that RFC 6455 asks for."""
    key = next(line for line in request.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
    accept = base64.b64encode(hashlib.sha1(key.partition(b":")[2].strip() + _GUID).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


class BrokenServers(LoadTest):
    def failure_of(self, answer, *flags):
        """Runs against a server that answers each handshake with answer(request): what is said of it."""

        async def converse(reader, writer):
            request = await reader.readuntil(b"\r\n\r\n")
            writer.write(answer(request))
            try:
                while await reader.read(65536):
                    pass
            finally:
                writer.close()

        async def serve():
            return await asyncio.start_server(converse, "127.0.0.1", 0)

        with serving(serve) as port:
            result = self.run_load("echo", f"ws://127.0.0.1:{port}/", "--connections", "2", *SHORT, *flags)
        self.assertEqual(result.status, 1, result)
        return result.err + result.out

    def test_handshakes(self):
        for answer, sentence in (
            (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "the server refused, status 503"),
            (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "no Upgrade: websocket"),
            (b"SSH-2.0-OpenSSH\r\n\r\n", "the answer is not HTTP"),
            (b"x" * 20_000, "the answer to the handshake does not end"),
        ):
            with self.subTest(sentence):
                self.assertIn(sentence, self.failure_of(lambda _, answer=answer: answer))

    def test_frames(self):
        for frames, sentence in (
            (b"\x81\x85abcd" + b"hello", "the server broke the protocol"),
            (b"\xc1\x01a", "the server broke the protocol"),
            (b"\x81\x02hi", "answered what nobody had asked"),
            (b"\x88\x0f\x03\xe9" + b"maintenance..", "closed with 1001: maintenance.."),
            (b"\x88\x00", "closed with 1005"),
            (b"\x81", "nothing came back"),
            (b"\x81\x7f" + b"\xff" * 8, "the server broke the protocol"),
        ):
            with self.subTest(frames):
                self.assertIn(sentence, self.failure_of(lambda request, frames=frames: granted(request) + frames))

    def test_wrong_answers(self):
        async def converse(reader, writer):
            writer.write(granted(await reader.readuntil(b"\r\n\r\n")))
            while await reader.read(65536):
                writer.write(b"\x81\x02hi")
            writer.close()

        async def serve():
            return await asyncio.start_server(converse, "127.0.0.1", 0)

        with serving(serve) as port:
            result = self.run_load("echo", f"ws://127.0.0.1:{port}/", "--connections", "2", *SHORT)
        self.assertEqual(result.status, 1)
        self.assertRegex(result.out, r"errors +[\d,]+ × an answer is not what was sent")

    def test_a_connection_that_is_lost(self):
        async def converse(reader, writer):
            writer.write(granted(await reader.readuntil(b"\r\n\r\n")))
            await reader.read(65536)
            writer.close()

        async def serve():
            return await asyncio.start_server(converse, "127.0.0.1", 0)

        with serving(serve) as port:
            result = self.run_load("echo", f"ws://127.0.0.1:{port}/", "--connections", "2", *SHORT)
        self.assertEqual(result.status, 1)
        self.assertIn("the server ended the connection without a close frame", result.out + result.err)

    def test_nobody_listens(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"ws://127.0.0.1:{unused.getsockname()[1]}/"
            result = self.run_load("echo", url)
        self.assertEqual((result.status, result.out), (1, ""))
        self.assertEqual(result.err, f"sentix-load: {url}: connect: Connection refused\n")

    def test_a_server_that_is_full(self):
        server = self.enterContext(Server("--max-clients", "5"))
        result = self.run_load("idle", server.url, "--connections", "10")
        self.assertEqual(result.status, 1)
        self.assertIn("the server refused, status 503", result.err)

    def test_the_server_refuses_a_command(self):
        server = self.enterContext(Server(config='[channels."load-*"]\npublish = "server"\n'))
        result = self.run_load("publish", server.url, "--connections", "2", *SHORT)
        self.assertEqual(result.status, 1)
        self.assertIn('"code":"forbidden"', result.out)


class CommandLines(LoadTest):
    def problem(self, *arguments):
        result = self.run_load(*arguments)
        self.assertEqual((result.status, result.out), (2, ""), result)
        self.assertTrue(result.err.startswith("sentix-load: "), result.err)
        return result.err

    def test_mistakes_are_named(self):
        self.assertIn("did you mean", self.problem("echo", "--conections", "5"))
        self.assertIn('--bytes: "20x" is not a size', self.problem("echo", "--bytes", "20x"))
        self.assertIn('--duration: "soon" is not a duration', self.problem("echo", "--duration", "soon"))
        self.assertIn("--connections", self.problem("echo", "--connections", "0"))
        self.assertIn("--rate", self.problem("echo", "--rate", "-1"))
        self.assertIn("--slow: at least one", self.problem("slow", "--subscribers", "2", "--slow", "2"))
        self.assertIn("neither .svg nor .html", self.problem("echo", "--plot", "x.png"))
        self.assertIn("can only echo", self.problem("publish", "tcp://127.0.0.1:1"))
        self.assertIn("goes with --plain", self.problem("fanout", "--publish-url", "ws://127.0.0.1:1/"))
        self.assertIn("there is no TLS", self.problem("echo", "wss://127.0.0.1/"))

    def test_a_process_that_is_not_there(self):
        result = self.run_load("echo", "--pid", "4194304")
        self.assertEqual((result.status, result.err), (1, "sentix-load: --pid: there is no process 4194304\n"))

    def test_more_connections_than_descriptors(self):
        result = self.run_load("echo", "--connections", "9000000")
        self.assertEqual(result.status, 1)
        self.assertIn("raise the limit (ulimit -n)", result.err)

    def test_help_and_version(self):
        self.assertIn("echo", self.run_load().out)
        self.assertEqual(self.run_load("--help").status, 0)
        self.assertIn("--in-flight", self.run_load("echo", "--help").out)
        self.assertRegex(self.run_load("--version").out, r"^sentix-load \d")


if __name__ == "__main__":
    unittest.main()
