"""The authentication webhook: a backend that says who somebody is, and what becomes of clients where it does not."""

import asyncio
import signal
import socket
import time
import unittest

import websockets

from support.backend import Backend
from support.certificates import Authority
from support.chat_client import ChatClient
from support.eventually import eventually, eventually_async
from support.server import Server, run_binary

UNAVAILABLE = "Nobody can tell at the moment who you are; come back after a pause."
LARGE = 64 << 20


def answer(exchange):
    """A backend whose answer is what the token asks for."""
    kind, _, name = exchange.token.partition(":")
    if kind == "yes":
        claims = {"sub": name, "info": {"color": "red"}, "permissions": ["secret-a"]}
        exchange.reply(200, claims)
    elif kind == "brief":
        exchange.reply(200, {"sub": name, "exp": int(time.time()) + 2})
    elif kind == "slow":
        exchange.wait()
        exchange.reply(200, {"sub": name})
    elif kind == "dies":
        exchange.send_response(200)
        exchange.send_header("Content-Length", "100")
        exchange.end_headers()
        exchange.wfile.write(b'{"sub":"ann"')
        exchange.close_connection = True
    elif kind == "redirect":
        exchange.reply(302, b"", Location="/elsewhere")
    elif kind == "large":
        exchange.send_response(200)
        exchange.send_header("Content-Length", str(LARGE))
        exchange.end_headers()
        exchange.sent = 0
        for _ in range(LARGE // 65536):
            exchange.wfile.write(b" " * 65536)
    elif kind == "status":
        exchange.reply(int(name), {"sub": "ann"})
    else:
        exchange.reply(403, {"reason": "never heard of"})


def config(url, more="", **settings):
    settings = {"timeout": '"2m"'} | settings  # longer than a slow machine takes: what is to be late sets its own
    lines = "\n".join(f"{name} = {value}" for name, value in settings.items())
    asking = f'[auth.webhook]\nurl = "{url}"\n{lines}\n'
    return f'[auth]\ntimeout = "3m"\n{more}\n{asking}[channels."secret-*"]\nprivate = true\n'


class WebhookTest(unittest.IsolatedAsyncioTestCase):
    def serve(self, reply=answer, more="", flags=(), **settings):
        self.backend = self.enterContext(Backend(reply))
        self.server = self.enterContext(Server(*flags, config=config(self.backend.url, more, **settings)))
        return self.server

    async def client(self, path="/", **options):
        client = await self.enterAsyncContext(ChatClient(self.server, path, **options))
        return await client.enter()

    async def authenticate(self, client, token):
        answered = await client.ask(type="authenticate", id=1, credentials={"token": token})
        return answered.get("user") or (answered["code"], answered["message"])

    async def test_a_yes_is_a_user_with_permissions(self):
        self.serve(secret='"between us"', headers='["cookie"]')
        client = await self.client()
        user = await self.authenticate(client, "yes:ann")
        self.assertEqual(user, {"user": "ann", "info": {"color": "red"}})
        await client.subscribe("secret-a")
        self.assertEqual((await client.ask(type="subscribe", id=2, channel="secret-b"))["code"], "forbidden")
        headers, body, _ = self.backend.requests[0]
        self.assertEqual(headers["Authorization"], "Bearer between us")
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(body["credentials"], {"token": "yes:ann"})
        self.assertRegex(body["address"], r"^127\.0\.0\.1:\d+$")
        self.assertNotIn("headers", body)

    async def test_a_no_is_final_and_its_reason_is_for_the_log(self):
        self.serve(flags=["--log-level", "debug"])
        client = await self.client()
        code, message = await self.authenticate(client, "whoever")
        self.assertEqual((code, message), ("unauthenticated", 'The "credentials" were refused.'))
        self.assertEqual(len(self.backend.requests), 1)
        self.server.says("status 403: never heard of")
        with self.assertRaises(websockets.ConnectionClosed) as refused:
            await self.client("/?token=whoever")
        self.assertEqual(refused.exception.rcvd.code, 4001)

    async def test_what_is_neither_is_told_to_come_back(self):
        self.serve(retries=0)
        for token, why in {
            "status:500": "it answered with status 500",
            "status:204": "it answered with status 204",
            "status:200x": "",  # the backend's own error: the connection ends without an answer
            "redirect": "it answered with status 302",
            "dies": "",
            "large": "its answer is larger than 65536 bytes",
        }.items():
            with self.subTest(token):
                client = await self.client()
                self.assertEqual(await self.authenticate(client, token), ("internal", UNAVAILABLE))
                eventually(lambda why=why: f"the webhook cannot tell who a client is: {why}" in self.server.log(), why)
                with self.assertRaises(websockets.ConnectionClosed) as closed:
                    await self.client(f"/?token={token}")
                self.assertEqual((closed.exception.rcvd.code, closed.exception.rcvd.reason), (4100, UNAVAILABLE))
        self.assertTrue(all(body for _, body, _ in self.backend.requests), "a redirect was followed")
        # Nobody is punished for it: more attempts than auth.max_attempts leave the connection open.
        client = await self.client()
        for _ in range(5):
            self.assertEqual((await self.authenticate(client, "redirect"))[0], "internal")
        self.assertEqual((await self.authenticate(client, "yes:ann"))["user"], "ann")

    async def test_a_page_is_not_answered_either(self):
        self.serve(retries=0)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        writer.write(b"GET /?token=redirect HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertIn(b"503", await reader.readline())
        writer.close()

    async def test_it_is_asked_again_only_where_that_may_help(self):
        asked = []

        def twice_unavailable(exchange):
            asked.append(exchange.token)
            exchange.reply(503 if len(asked) < 3 else 200, {"sub": "ann"})

        self.serve(twice_unavailable, retries=2)
        self.assertEqual(await self.authenticate(await self.client(), "x"), {"user": "ann"})
        self.assertEqual(len(asked), 3)

    async def test_retries_are_bounded(self):
        self.serve(retries=2)
        client = await self.client()
        self.assertEqual((await self.authenticate(client, "status:502"))[0], "internal")
        self.assertEqual(len(self.backend.requests), 3)
        self.assertEqual((await self.authenticate(client, "status:500"))[0], "internal")
        self.assertEqual(len(self.backend.requests), 4)

    async def test_nobody_answers_there(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.server = self.enterContext(Server(config=config(f"http://127.0.0.1:{free.getsockname()[1]}/")))
            client = await self.client()
            self.assertEqual(await self.authenticate(client, "yes:ann"), ("internal", UNAVAILABLE))

    async def test_users_are_known_without_it(self):
        digest = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"  # of "password"
        self.serve(more=f'[[auth.users]]\nusername = "john"\ntoken_sha256 = "{digest}"\n')
        self.assertEqual(await self.authenticate(await self.client(), "password"), {"user": "john"})
        self.assertEqual(self.backend.requests, [])

    async def test_connections_are_used_again(self):
        self.serve(connections=2)
        client = await self.client()
        for _ in range(20):
            self.assertEqual((await self.authenticate(client, "yes:ann"))["user"], "ann")
        self.assertEqual(len({port for _, _, port in self.backend.requests}), 1)

    async def test_a_principal_ends_when_the_answer_says_so(self):
        self.serve()
        client = await self.client()
        self.assertEqual(await self.authenticate(client, "brief:ann"), {"user": "ann"})
        self.assertEqual(await client.closed(), (4001, "token expired"))

    async def test_a_cookie_may_be_all_there_is(self):
        def by_cookie(exchange):
            cookie = exchange.requests[-1][1].get("headers", {}).get("cookie")
            exchange.reply(*((200, {"sub": "ann"}) if cookie == "session=7" else (401, {})))

        def reply(exchange):
            exchange.requests = self.backend.requests
            by_cookie(exchange)

        self.serve(reply, headers='["cookie"]')
        known = await self.client(extra_headers={"Cookie": "session=7"})
        self.assertEqual(known.welcome["user"], {"user": "ann"})
        stranger = await self.client(extra_headers={"Cookie": "theme=dark"})
        self.assertNotIn("user", stranger.welcome)
        await self.client()
        self.assertEqual(len(self.backend.requests), 2)  # who shows nothing is not asked about
        with self.assertRaises(websockets.InvalidStatusCode) as foreign:
            await self.client(extra_headers={"Cookie": "session=7", "Origin": "https://evil.example.com"})
        self.assertEqual(foreign.exception.status_code, 403)

    async def test_too_many_that_wait_are_told_at_once_and_nobody_else_waits(self):
        self.serve(connections=2, queue=10)
        bystander = await self.client()
        crowd = [await self.client() for _ in range(200)]
        for client in crowd:
            await client.command(type="authenticate", id=1, credentials={"token": "slow:ann"})
        answers = [asyncio.create_task(client.receive()) for client in crowd]
        await eventually_async(lambda: sum(task.done() for task in answers) == 188, "188 refusals")
        for _ in range(50):
            self.assertEqual((await bystander.ask(type="ping", id=1))["type"], "pong")
        self.backend.release.set()
        replies = await asyncio.gather(*answers)
        self.assertEqual(sum(reply["type"] == "authenticated" for reply in replies), 12)
        self.assertEqual({reply["message"] for reply in replies if reply["type"] == "error"}, {UNAVAILABLE})
        await eventually_async(lambda: "auth.webhook.queue is 10" in self.server.log(), self.server.log)

    async def test_thousands_of_attempts_and_a_bystander(self):
        self.serve(connections=8, queue=100000)
        bystander = await self.client()
        crowd = [await self.client() for _ in range(100)]

        async def attempts(client):
            return [(await self.authenticate(client, "yes:ann"))["user"] for _ in range(20)]

        work = asyncio.gather(*map(attempts, crowd))
        while not work.done():
            self.assertEqual((await bystander.ask(type="ping", id=1))["type"], "pong")
        self.assertEqual(sum(map(len, await work)), 2000)
        self.assertLessEqual(len({port for _, _, port in self.backend.requests}), 8)

    async def test_a_question_has_its_time(self):
        self.serve(timeout='"300ms"', connections=1)
        clients = [await self.client() for _ in range(3)]
        answers = await asyncio.gather(*(self.authenticate(client, "slow:ann") for client in clients))
        self.assertEqual(answers, [("internal", UNAVAILABLE)] * 3)  # also those that only waited
        await eventually_async(lambda: "auth.webhook.timeout is 300 ms" in self.server.log(), self.server.log)

    async def test_who_leaves_early_harms_nobody(self):
        self.serve(connections=1)
        async with ChatClient(self.server) as leaving:
            await leaving.enter()
            await leaving.command(type="authenticate", id=1, credentials={"token": "slow:ann"})
            await eventually_async(lambda: self.backend.requests, "the question")
        self.backend.release.set()
        self.assertEqual((await self.authenticate(await self.client(), "yes:bob"))["user"], "bob")

    async def test_a_server_that_stops_does_not_wait_for_it(self):
        self.serve()
        client = await self.client()
        for _ in range(2):
            await client.command(type="authenticate", id=1, credentials={"token": "slow:ann"})
        await eventually_async(lambda: self.backend.requests, "the question")
        self.server.stop()  # which expects status 0

    async def test_a_reload_changes_whom_to_ask_and_loses_no_question(self):
        self.serve()
        before = self.backend
        waiting = await self.client()
        await waiting.command(type="authenticate", id=1, credentials={"token": "slow:ann"})
        await eventually_async(lambda: before.requests, "the question")
        after = self.enterContext(Backend(answer))
        (self.server.folder / "sentix.toml").write_text(config(after.url), encoding="utf-8")
        self.server.child.send_signal(signal.SIGHUP)
        await eventually_async(lambda: "in force now: auth.webhook.url" in self.server.log(), self.server.log)
        self.assertEqual((await self.authenticate(await self.client(), "yes:bob"))["user"], "bob")
        self.assertEqual(len(after.requests), 1)
        before.release.set()
        self.assertEqual((await waiting.receive())["user"], {"user": "ann"})

    async def test_the_file_of_authorities_decides_whom_it_believes(self):
        authority = self.enterContext(Authority())
        self.backend = self.enterContext(Backend(answer, certificate=authority.certificate("localhost")))
        for ca_file, expected in ((f'"{authority.root}"', {"user": "bob"}), ('""', ("internal", UNAVAILABLE))):
            self.server = self.enterContext(Server(config=config(self.backend.url, retries=0, ca_file=ca_file)))
            self.backend.release.set()
            self.assertEqual(await self.authenticate(await self.client(), "slow:bob"), expected)
        flags = ["--auth-webhook-url", "https://x/", "--auth-webhook-ca-file", "/no"]
        missing = run_binary("serve", "--port", "0", *flags)
        self.assertEqual(missing.returncode, 1)
        self.assertIn("--auth-webhook-ca-file: /no cannot be read", missing.stderr)


class SettingsTest(unittest.TestCase):
    def test_what_cannot_be_is_said_at_the_start(self):
        for flags, error in {
            ("--auth-webhook-url", "ftp://x/"): "must begin with https:// or http://",
            ("--auth-webhook-timeout", "10s"): "must be shorter than auth.timeout, which is 10000 ms",
        }.items():
            url = () if "--auth-webhook-url" in flags else ("--auth-webhook-url", "https://x/")
            result = run_binary("serve", "--port", "0", *flags, *url)
            self.assertEqual(result.returncode, 1)
            self.assertIn(error, result.stderr)

    def test_the_secret_is_not_shown(self):
        shown = run_binary("config", "show", "--auth-webhook-url", "https://x/", "--auth-webhook-secret", "hush")
        self.assertIn("https://x/", shown.stdout)
        self.assertNotIn("hush", shown.stdout)
