"""Who may what: the authenticate command, credentials of the handshake, and users of the config file."""

import hashlib
import pathlib
import tempfile
import unittest

from support.chat_client import ChatClient
from support.raw_client import TEXT, RawClient, frame, request
from support.server import Server, run_binary


def user(name, token, extra=""):
    return f"""
[[auth.users]]
username = "{name}"
token_sha256 = "{hashlib.sha256(token.encode()).hexdigest()}"
{extra}
"""


USERS = (
    user("jane", "jane's token", 'info = { color = "blue" }')
    + user("john", "john's token", 'permissions = ["secret-j*", { pattern = "secret-read", publish = false }]')
)
CHANNELS = """
[channels."secret-*"]
private = true
presence = true
presence_grace = 0

[channels.members]
auth = true

[channels.room]
presence = true
presence_grace = 0
"""
OPTIONAL = CHANNELS + USERS
REQUIRED = f"""
[auth]
enabled = true
timeout = "300ms"
max_attempts = 3
{USERS}
{CHANNELS}
"""
UNAUTHENTICATED = ("error", "unauthenticated")


class AuthenticationTest(unittest.IsolatedAsyncioTestCase):
    CONFIG = OPTIONAL

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("--page", "chat", config=cls.CONFIG))

    async def client(self, path="/", **options):
        client = await self.enterAsyncContext(ChatClient(self.server, path, **options))
        return await client.enter()

    async def authenticate(self, client, name, token=None):
        credentials = {"username": name, "token": token or f"{name}'s token"}
        return await client.ask(type="authenticate", id=1, credentials=credentials)

    async def kind_and_code(self, client, **command):
        answer = await client.ask(id=1, **command)
        return answer["type"], answer.get("code")


class WhereItIsOptional(AuthenticationTest):
    async def test_the_answer_tells_the_user(self):
        client = await self.client()
        self.assertEqual(
            await self.authenticate(client, "jane"),
            {"type": "authenticated", "id": 1, "user": {"user": "jane", "info": {"color": "blue"}}},
        )
        self.assertEqual((await self.authenticate(client, "jane"))["type"], "authenticated")
        self.assertEqual((await self.authenticate(client, "john"))["code"], "bad_request")

    async def test_wrong_credentials(self):
        for credentials in (
            {},
            {"username": "jane"},
            {"username": "jane", "token": ""},
            {"username": "jane", "token": "john's token"},
            {"username": "nobody", "token": "jane's token"},
            {"username": "jane", "token": ["jane's token"]},
        ):
            with self.subTest(credentials):
                client = await self.client()
                answer = await client.ask(type="authenticate", id=1, credentials=credentials)
                self.assertEqual((answer["type"], answer["code"]), UNAUTHENTICATED)
                self.assertEqual((await self.authenticate(client, "jane"))["type"], "authenticated")

    async def test_the_third_failure_closes_with_4001(self):
        client = await self.client()
        for _ in range(3):
            answer = await self.authenticate(client, "jane", "wrong")
            self.assertEqual((answer["type"], answer["code"]), UNAUTHENTICATED)
        self.assertEqual((await client.closed())[0], 4001)

    async def test_messages_tell_their_author(self):
        jane, john, guest = [await self.client() for _ in range(3)]
        await self.authenticate(jane, "jane")
        for client in (jane, john, guest):
            await client.subscribe("general")
        await jane.command(type="publish", channel="general", data=1)
        await guest.command(type="publish", channel="general", data=2)
        got = [await john.expect("message") for _ in range(2)]
        users = {message["data"]: message.get("user") for message in got}
        self.assertEqual(users[1], "jane")
        self.assertIsNone(users[2])

    async def test_channels_for_the_authenticated(self):
        client = await self.client()
        for kind in ("subscribe", "history", "presence"):
            self.assertEqual(await self.kind_and_code(client, type=kind, channel="members"), UNAUTHENTICATED)
        await self.authenticate(client, "john")
        await client.subscribe("members")

    async def test_private_channels_and_permissions(self):
        guest, jane, john = [await self.client() for _ in range(3)]
        await self.authenticate(jane, "jane")
        await self.authenticate(john, "john")
        forbidden = ("error", "forbidden")

        # No list of permissions: every private channel. A list: those it has.
        for channel in ("secret-jazz", "secret-read", "secret-other"):
            self.assertEqual(await self.kind_and_code(guest, type="subscribe", channel=channel), forbidden)
            await jane.subscribe(channel)
        self.assertEqual(await self.kind_and_code(john, type="subscribe", channel="secret-other"), forbidden)
        self.assertEqual(await self.kind_and_code(john, type="presence", channel="secret-other"), forbidden)
        await john.subscribe("secret-jazz")
        await john.subscribe("secret-read")
        self.assertEqual(await self.kind_and_code(john, type="publish", channel="secret-read", data=1), forbidden)
        published = await self.kind_and_code(john, type="publish", channel="secret-jazz", data=1)
        self.assertEqual(published, ("published", None))

    async def test_presence_counts_the_connections_of_a_user(self):
        watcher, first, second = [await self.client() for _ in range(3)]
        await watcher.subscribe("room")
        for client in (first, second):
            await self.authenticate(client, "jane")
            await client.subscribe("room")
        self.assertEqual((await watcher.expect("join"))["member"]["user"], "jane")
        answer = await watcher.ask(type="presence", id=1, channel="room")
        jane = [member for member in answer["members"] if member["user"] == "jane"]
        self.assertEqual(jane, [{"user": "jane", "info": {"color": "blue"}, "connections": 2}])
        # Only the last of them is a leave.
        await first.ask(type="unsubscribe", id=1, channel="room")
        self.assertEqual((await watcher.ask(type="ping", id=1))["type"], "pong")
        await second.socket.close()
        self.assertEqual((await watcher.expect("leave"))["member"]["user"], "jane")


class CredentialsAtConnect(AuthenticationTest):
    async def test_a_token_in_the_query_or_the_header(self):
        for path, headers in (
            ("/?token=jane%27s%20token", {}),
            ("/ws?room=1&token=jane's%20token", {}),
            ("/", {"Authorization": "Bearer jane's token"}),
        ):
            with self.subTest(path=path, headers=headers):
                client = await self.client(path, extra_headers=headers)
                self.assertEqual(client.welcome["user"], {"user": "jane", "info": {"color": "blue"}})
                await client.subscribe("members")

    async def test_a_refused_one_is_closed_with_4001_after_the_upgrade(self):
        for path, headers in (("/?token=wrong", {}), ("/", {"Authorization": "Bearer wrong"})):
            with self.subTest(path=path, headers=headers):
                async with ChatClient(self.server, path, extra_headers=headers) as client:
                    self.assertEqual((await client.closed())[0], 4001)

    async def test_what_was_sent_behind_a_refused_handshake_is_not_carried_out(self):
        watcher = await self.client()
        await watcher.subscribe("room")
        with RawClient(self.server) as client:
            client.send(request("/?token=wrong") + frame(TEXT, b'{"type":"subscribe","id":1,"channel":"room"}'))
            client.receive_upgrade()
            self.assertEqual(client.receive_close()[0], 4001)
        self.assertEqual((await watcher.ask(type="ping", id=1))["type"], "pong")

    async def test_a_page_with_a_wrong_token_gets_401(self):
        with RawClient(self.server) as client:
            client.send(request("/?token=wrong", headers={"Host": "localhost"}))
            status, headers, _ = client.receive_response()
            self.assertEqual((status, headers["www-authenticate"]), (401, "Bearer"))


class WhereItIsRequired(AuthenticationTest):
    CONFIG = REQUIRED

    async def test_nothing_but_authenticate_and_ping_before_it(self):
        client = await self.client()
        self.assertEqual(await self.kind_and_code(client, type="ping"), ("pong", None))
        for command in (
            {"type": "subscribe", "channel": "general"},
            {"type": "unsubscribe", "channel": "general"},
            {"type": "publish", "channel": "general", "data": 1},
            {"type": "event", "event": "e"},
            {"type": "history", "channel": "general"},
            {"type": "presence", "channel": "general"},
        ):
            with self.subTest(command):
                self.assertEqual(await self.kind_and_code(client, **command), UNAUTHENTICATED)
        # Syntax comes first.
        self.assertEqual(await self.kind_and_code(client, type="subscribe"), ("error", "bad_request"))
        await self.authenticate(client, "jane")
        await client.subscribe("general")

    async def test_who_does_not_authenticate_in_time_is_closed_with_4108(self):
        async with ChatClient(self.server) as client:
            self.assertEqual((await client.closed())[0], 4108)

    async def test_who_keeps_asking_is_closed_with_4108_as_well(self):
        with RawClient(self.server) as client:
            client.enter()
            while True:
                client.command(type="ping", id=1)
                opcode, payload = client.receive_frame()
                if opcode == 0x8:
                    self.assertEqual(int.from_bytes(payload[:2], "big"), 4108)
                    break

    async def test_who_has_authenticated_stays(self):
        early = [await self.client("/?token=jane%27s%20token"), await self.client()]
        await self.authenticate(early[1], "john")
        # One that came later has run into its deadline; so theirs has passed.
        async with ChatClient(self.server) as late:
            self.assertEqual((await late.closed())[0], 4108)
        for client in early:
            await client.subscribe("general")


class WithoutUsers(unittest.IsolatedAsyncioTestCase):
    async def test_authenticate_is_not_found(self):
        with Server() as server:
            async with ChatClient(server) as client:
                await client.enter()
                answer = await client.ask(type="authenticate", id=1, credentials={"token": "x"})
                self.assertEqual((answer["type"], answer["code"]), ("error", "not_found"))

    async def test_auth_without_users_stops_the_start(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "sentix.toml").write_text("[auth]\nenabled = true\n", encoding="utf-8")
            ended = run_binary("serve", "--port", 0, folder=folder)
            self.assertEqual(ended.returncode, 1)
            self.assertIn("auth", ended.stderr)


if __name__ == "__main__":
    unittest.main()
