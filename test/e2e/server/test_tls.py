"""TLS as clients see it: versions, what is refused, bytes in whatever pieces, and ends that arrive."""

import asyncio
import contextlib
import signal
import socket
import ssl
import subprocess
import time
import unittest
import warnings

from support.certificates import Authority, tls_flags
from support.chat_client import ChatClient
from support.eventually import DEADLINE, eventually
from support.raw_client import BINARY, PING, PONG, TEXT, Ended, RawClient, frame, request
from support.server import Server
from support.tls_client import ByteByByte, TlsClient

VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        cls.certificate = cls.authority.certificate("localhost")

    def serve(self, *flags, **options):
        return self.enterContext(Server(*tls_flags(self.certificate), "--debug", *flags, **options))

    def context(self, version=None, **options):
        context = self.authority.client_context(**options)
        if version:
            context.minimum_version = context.maximum_version = version
        return context

    def connect(self, server, version=None, **options):
        return self.enterContext(TlsClient(server, self.context(version), **options))

    def logs(self, server, words):
        server.says(words)


class Handshakes(TlsTest):
    def test_the_url_says_wss(self):
        self.assertRegex(self.serve().url, r"\Awss://127\.0\.0\.1:\d+\Z")

    def test_clients_that_others_wrote_chat(self):
        server = self.serve("--workers", 2)
        server.url = server.url.replace("127.0.0.1", "localhost")

        async def chat():
            context = self.context()
            async with ChatClient(server, ssl=context) as ann, ChatClient(server, ssl=context) as bob:
                for client in (ann, bob):
                    await client.enter()
                    await client.subscribe("general")
                await ann.command(type="publish", channel="general", data="hello")
                self.assertEqual((await bob.expect("message"))["data"], "hello")

        asyncio.run(chat())

    def test_versions(self):
        server = self.serve()
        for version, name in zip(VERSIONS, ("TLSv1.2", "TLSv1.3")):
            client = self.connect(server, version)
            self.assertEqual(client.socket.version(), name)
            self.assertRegex(client.socket.cipher()[0], "GCM|CHACHA20")
            self.assertIsNone(client.socket.compression())
            client.enter()
            client.round_trip()

    def test_old_versions_are_refused(self):
        server = self.serve()
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context = self.context(version)
            context.set_ciphers("ALL:@SECLEVEL=0")
            with self.assertRaisesRegex(ssl.SSLError, "(?i)protocol.version"):
                TlsClient(server, context)
        self.connect(server).enter()

    def test_old_ciphers_are_refused(self):
        server = self.serve()
        for ciphers in ("AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256"):
            context = self.context(ssl.TLSVersion.TLSv1_2)
            context.set_ciphers(ciphers + ":@SECLEVEL=0")
            with self.subTest(ciphers=ciphers), self.assertRaisesRegex(ssl.SSLError, "HANDSHAKE_FAILURE"):
                TlsClient(server, context)

    def test_protocols_by_alpn(self):
        server = self.serve()
        for offered, chosen in ((["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), ([], None)):
            context = self.context()
            if offered:
                context.set_alpn_protocols(offered)
            with TlsClient(server, context) as client:
                self.assertEqual(client.socket.selected_alpn_protocol(), chosen)
        context = self.context()
        context.set_alpn_protocols(["h2"])
        with self.assertRaisesRegex(ssl.SSLError, "(?i)no.application.protocol"):
            TlsClient(server, context)

    def resumes(self, server, version, session):
        """Whether a client with that session takes it up again; and its own."""
        context = self.contexts[version]
        with TlsClient(server, context, session=session) as client:
            client.enter()  # a ticket of TLS 1.3 comes behind the handshake
            client.round_trip()
            return client.socket.session_reused, client.socket.session

    def test_sessions_are_resumed_on_every_worker_and_after_a_reload(self):
        self.contexts = {version: self.context(version) for version in VERSIONS}
        server = self.serve("--workers", 3)
        sessions = {version: self.resumes(server, version, None)[1] for version in VERSIONS}
        for _ in range(5):
            for version in VERSIONS:
                reused, sessions[version] = self.resumes(server, version, sessions[version])
                self.assertTrue(reused, version)
        server.child.send_signal(signal.SIGHUP)
        self.logs(server, "TLS certificates were read")
        for version in VERSIONS:
            self.assertTrue(self.resumes(server, version, sessions[version])[0], version)

    def test_nobody_renegotiates(self):
        server = self.serve()
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_2"]
        pipe = subprocess.PIPE
        client = self.enterContext(
            subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)
        )
        client.stdin.write("R\n")
        client.stdin.flush()  # and left open: at its end the client would go before it has its answer
        said = client.stdout.read()
        self.assertIn("RENEGOTIATING", said)
        self.assertIn("no renegotiation", said)
        self.assertNotEqual(client.wait(DEADLINE), 0)


class Strangers(TlsTest):
    """Who does not speak TLS, or does not finish its handshake, and disturbs nobody."""

    def test_plain_http_is_told_what_is_spoken_here(self):
        server = self.serve()
        for method in ("GET", "POST", "HEAD", "CONNECT"):
            with self.subTest(method=method), RawClient(server) as client:
                client.send(request(method=method))
                status, headers, body = client.receive_response()
                self.assertEqual((status, headers["connection"]), (400, "close"))
                self.assertEqual(headers["content-type"], "text/plain; charset=utf-8")
                self.assertIn(b"This port speaks TLS: connect with wss://", body)
        self.logs(server, "tls_failed 400")

    def test_garbage_is_dropped_with_a_line_in_the_log(self):
        server = self.serve()
        bystander = self.connect(server)
        bystander.enter()
        for garbage in (b"\x00" * 100, b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 100, b"\x80" * 9):
            with self.subTest(garbage=garbage[:5]), RawClient(server) as client:
                client.send(garbage)
                client.socket.shutdown(socket.SHUT_WR)
                client.receive_end()
        self.logs(server, "tls_failed (wrong version number)")
        bystander.round_trip()

    def test_garbage_behind_the_handshake_ends_one_connection(self):
        server = self.serve()
        bystander = self.connect(server)
        bystander.enter()
        client = self.connect(server)
        client.enter()
        socket.socket.send(client.socket, b"\x17\x03\x03\x00\x20" + b"x" * 32)
        with self.assertRaisesRegex(ssl.SSLError, "(?i)bad.record.mac"):
            client.receive_frame()
        self.logs(server, "tls_failed (decryption failed or bad record mac)")
        bystander.round_trip()

    def test_half_a_handshake_times_out(self):
        server = self.serve("--handshake-timeout", "300ms")
        for begin in (b"", b"\x16", b"\x16\x03\x01\x02\x00\x01"):
            with self.subTest(begin=begin), RawClient(server) as client:
                client.send(begin)
                self.assertEqual(client.receive_end(), b"")
        client = self.connect(server)
        client.send(b"GET / HTTP/1.1\r\n")
        self.assertEqual(client.receive_response()[0], 408)

    def test_the_oldest_handshake_makes_room(self):
        server = self.serve("--workers", 1, "--max-handshakes", 2)
        silent = [self.enterContext(RawClient(server)) for _ in range(3)]
        self.assertEqual(silent[0].receive_end(), b"")
        self.connect(server).enter()

    def test_tls_on_a_plain_port_is_refused(self):
        with Server() as server, self.assertRaises(ssl.SSLError):
            TlsClient(server, self.context())


class Messages(TlsTest):
    def echo(self, *flags):
        return self.serve("--no-deflate", *flags, command="echo")

    def test_large_messages_come_back(self):
        server = self.echo("--max-message-bytes", "16MiB")
        for version in VERSIONS:
            client = self.connect(server, version)
            client.upgrade()
            for size in (0, 1, 16_383, 16_384, 16_385, 65_536, 1 << 20, 9_999_999):
                payload = bytes(range(251)) * (size // 251 + 1)
                client.send(frame(BINARY, payload[:size]))
                self.assertEqual(client.receive_frame(), (BINARY, payload[:size]))

    def test_many_messages_in_one_record_and_many_records_of_one_byte(self):
        client = self.connect(self.echo())
        client.upgrade()
        client.send(frame(TEXT, b"hello") * 1000)
        for _ in range(1000):
            self.assertEqual(client.receive_frame(), (TEXT, b"hello"))
        client.send_byte_by_byte(frame(TEXT, b"hello") * 20)
        for _ in range(20):
            self.assertEqual(client.receive_frame(), (TEXT, b"hello"))

    def test_a_frame_is_cut_at_every_position(self):
        client = self.connect(self.echo())
        client.upgrade()
        whole = frame(TEXT, b"x" * 130)
        for cut in range(1, len(whole)):
            client.send(whole[:cut])
            client.send(whole[cut:])
            self.assertEqual(client.receive_frame(), (TEXT, b"x" * 130))

    def test_records_that_come_byte_by_byte(self):
        server = self.echo()
        for version in VERSIONS:
            client = RawClient(server)
            client.close()
            client.socket = self.enterContext(contextlib.closing(ByteByByte(server, self.context(version))))
            client.upgrade()
            client.send(frame(TEXT, b"hello"))
            self.assertEqual(client.receive_frame(), (TEXT, b"hello"))

    def test_a_client_that_reads_late_gets_everything(self):
        """What was not taken by the socket is encrypted already, and must go out as it was."""
        server = self.echo("--workers", 1)
        client = self.connect(server, receive_buffer=16384)
        client.upgrade()
        client.socket.settimeout(0.5)
        sent, whole = 0, frame(BINARY, b"y" * 3000)
        with contextlib.suppress(TimeoutError, ssl.SSLWantWriteError):
            while sent < 64 << 20:
                client.send(whole)
                sent += 1
        client.socket.settimeout(DEADLINE)
        self.assertGreater(sent, 100)
        for _ in range(sent):
            self.assertEqual(client.receive_frame(), (BINARY, b"y" * 3000))

    def test_a_slow_reader_is_told_4101(self):
        flags = ("--workers", 1, "--max-message-bytes", "256KiB", "--outbox-hard-bytes", "1MiB")
        server = self.serve(*flags)
        slow = self.connect(server, receive_buffer=16384)
        publisher = self.connect(server)
        for client in (slow, publisher):
            client.enter()
            client.subscribe("busy")
        for i in range(200):
            publisher.command(type="publish", channel="busy", data=[i, "x" * 50_000])
            self.assertEqual(publisher.expect("message")["data"][0], i)
        seen = 0
        while (received := slow.receive_frame())[0] == TEXT:
            self.assertTrue(received[1].startswith(b'{"type":"message","channel":"busy","data":[%d,' % seen))
            seen += 1
        self.assertEqual(int.from_bytes(received[1][:2], "big"), 4101)
        self.assertLess(seen, 200)
        publisher.round_trip()

    def test_who_asks_much_and_reads_nothing_is_not_read_from(self):
        server = self.serve("--workers", 1, "--outbox-soft-bytes", "64KiB")
        client = self.connect(server, receive_buffer=16384)
        client.enter()
        client.socket.settimeout(1)
        batch, sent = frame(PING, b"x" * 125) * 100, 0
        with contextlib.suppress(TimeoutError):
            while sent < 1_000_000:
                client.send(batch)
                sent += 100
        self.assertLess(sent, 1_000_000)
        before = server.cpu_seconds()
        time.sleep(1)
        self.assertLess(server.cpu_seconds() - before, 0.2)  # what waits inside OpenSSL keeps nobody busy
        client.socket.settimeout(DEADLINE)
        for _ in range(sent):
            self.assertEqual(client.receive_frame()[0], PONG)


class Ends(TlsTest):
    """Whatever the server says last arrives, and behind it close_notify: TlsClient fails where that is missing."""

    def test_close_notify_comes_behind_the_close_frame(self):
        server = self.serve()
        for version in VERSIONS:
            client = self.connect(server, version)
            client.enter()
            client.send(frame(BINARY, b"not here"))
            code, _ = client.receive_close()
            self.assertEqual(code, 1003)
            client.send(frame(0x8, b"\x03\xeb"))
            self.assertEqual(client.receive_end(), b"")

    def test_refusals_arrive(self):
        server = self.serve("--max-clients", 1)
        self.connect(server).enter()
        for path, status in (("/elsewhere", 404), ("/ws", 503)):
            client = self.connect(server)
            client.send(request(path) + b"x" * 100_000)  # more than the server reads of a refused client
            self.assertEqual(client.receive_response()[0], status)

    def test_the_page_is_served(self):
        server = self.serve()
        client = self.connect(server)
        client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        status, headers, body = client.receive_response()
        self.assertEqual(status, 200)
        self.assertEqual(len(body), int(headers["content-length"]))

    def test_who_ends_its_stream_is_gone(self):
        """By close_notify, and by a FIN alone."""
        server = self.serve()
        for silent in (False, True):
            client = self.connect(server)
            client.enter()
            if silent:
                client.close()
            else:
                with contextlib.suppress(OSError, ssl.SSLError):
                    client.socket.unwrap()
        eventually(lambda: server.log().count(": lost") == 2, server.log)

    def test_going_away_arrives(self):
        server = self.serve("--drain-window", "100ms")
        client = self.connect(server)
        client.enter()
        server.terminate()
        self.assertEqual(client.receive_close()[0], 4200)
        client.send(frame(0x8, b"\x10\x68"))
        with contextlib.suppress(Ended):
            client.receive_end()
        self.assertEqual(server.wait()[0], 0)


if __name__ == "__main__":
    unittest.main()
