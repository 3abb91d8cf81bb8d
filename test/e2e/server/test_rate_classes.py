"""Classes of rate limits: clients whose tokens, users or configuration give them other limits than everybody has."""

import hashlib
import json
import signal
import unittest

from support import tokens
from support.eventually import eventually
from support.raw_client import RawClient
from support.server import Server, run_binary

JWT = f'[auth.jwt]\nsecret = "{tokens.SECRET}"\n'
CLASSES = """
[rate]
messages_per_connection = "20/h close"
[rate.class.gold]
messages_per_connection = "100000/s burst 200000"
[rate.class.bronze]
messages_per_connection = "10/h close"
[rate.class.plain]
"""


def token(rate_class, **claims):
    return tokens.token(sub="ann", **claims, **({"rate_class": rate_class} if rate_class else {}))


class RateClasses(unittest.TestCase):
    def serve(self, classes=CLASSES, settings=JWT):
        self.server = self.enterContext(Server("--log-format", "json", "--workers", 1, config=settings + classes))

    def client(self, rate_class=None, **claims):
        client = self.enterContext(RawClient(self.server))
        client.enter(f"/?token={token(rate_class, **claims)}")
        return client

    def reload(self, config, client):
        """Returns when it is in force, which whatever a client is answered afterwards shows."""
        (self.server.folder / "sentix.toml").write_text(config, encoding="utf-8")
        self.server.child.send_signal(signal.SIGHUP)
        self.server.says("in force now: ")
        client.round_trip()

    def flooded_out(self, client, limit):
        """It is closed at its limit, whose setting and value it is told."""
        for _ in range(200):
            client.command(type="ping")
        self.assertEqual(client.receive_close(), (4102, f"Too fast: rate.{limit}."))

    def goes_on(self, client):
        for _ in range(200):
            client.command(type="ping")
        client.round_trip()

    def lines_of(self, reason, count):
        """Those of the log with the reason, as soon as there are so many."""

        def found():
            whole = [line for line in self.server.log().splitlines(keepends=True) if line.endswith("\n")]
            lines = [line for line in map(json.loads, whole) if line.get("reason") == reason]
            return len(lines) >= count and lines

        return eventually(found, lambda: f"there are not {count} lines of {reason}: {self.server.log()}")

    def test_of_two_clients_that_flood_the_class_decides_who_is_closed(self):
        self.serve()
        gold, bronze, plain, nobody = self.client("gold"), self.client("bronze"), self.client("plain"), self.client()
        self.flooded_out(bronze, "class.bronze.messages_per_connection is 10 an hour")
        self.flooded_out(plain, "messages_per_connection is 20 an hour")
        self.flooded_out(nobody, "messages_per_connection is 20 an hour")
        self.goes_on(gold)

    def test_a_class_that_there_is_none_of_is_refused_and_logged(self):
        self.serve()
        refused = self.enterContext(RawClient(self.server))
        refused.upgrade(f"/?token={token('platinum')}")
        why = "The credential of the handshake was refused: rate.class.platinum is not set."
        self.assertEqual(refused.receive_close(), (4001, why))
        page = self.enterContext(RawClient(self.server))
        page.send(f"GET /?token={token('platinum')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        self.assertEqual(page.receive_head()[0], 401)
        client = self.enterContext(RawClient(self.server))
        client.enter()
        answer = client.ask("error", type="authenticate", credentials={"token": token("platinum")})
        self.assertEqual(answer["code"], "unauthenticated")
        self.assertEqual(answer["message"], 'The "credentials" were refused: rate.class.platinum is not set.')
        self.server.says(why, "127.0.0.1")
        lines = self.lines_of("unknown_rate_class", 3)
        self.assertEqual(len(lines), 3)
        for line in lines:
            self.assertEqual((line["level"], line["user"], line["setting"]), ("warning", "ann", "rate.class.platinum"))

    def test_a_name_that_no_class_can_have_is_refused_as_a_token_that_is_not_understood(self):
        self.serve()
        client = self.enterContext(RawClient(self.server))
        client.enter()
        answer = client.ask("error", type="authenticate", credentials={"token": token("two words")})
        self.assertEqual(answer["message"], 'The "credentials" were refused.')

    def test_another_token_brings_another_class(self):
        self.serve()
        client = self.client("bronze")
        client.ask("authenticated", type="authenticate", credentials={"token": token("gold")})
        self.goes_on(client)
        client.ask("authenticated", type="authenticate", credentials={"token": token("bronze")})
        self.flooded_out(client, "class.bronze.messages_per_connection is 10 an hour")

    def test_a_users_limit_is_one_for_all_his_connections_of_the_class(self):
        self.serve('[rate.class.gold]\nmessages_per_user = "150/h close"\n')
        first, second = self.client("gold"), self.client("gold")
        for _ in range(100):
            first.command(type="ping")
        first.round_trip()
        self.flooded_out(second, "class.gold.messages_per_user is 150 an hour")

    def test_a_reload_changes_takes_away_and_adds_classes(self):
        self.serve()
        changed, lost = self.client("gold"), self.client("plain")
        self.goes_on(changed)
        added = '[rate.class.silver]\nmessages_per_connection = "off"\n'
        stricter = '[rate]\nmessages_per_connection = "5/h close"\n[rate.class.gold]\n'
        self.reload(JWT + stricter + 'messages_per_connection = "30/h close"\n' + added, changed)
        self.flooded_out(changed, "class.gold.messages_per_connection is 30 an hour")
        self.flooded_out(lost, "messages_per_connection is 5 an hour")
        self.goes_on(self.client("silver"))
        for gone in ("bronze", "plain"):
            self.server.says(f"rate.class.{gone} is gone: its clients have the general limits from now on")
        refused = self.enterContext(RawClient(self.server))
        refused.upgrade(f"/?token={token('plain')}")
        self.assertEqual(refused.receive_close()[0], 4001)

    def test_a_user_may_have_a_class(self):
        user = f'[[auth.users]]\nusername = "jane"\ntoken_sha256 = "{hashlib.sha256(b"secret").hexdigest()}"\n'
        self.serve(settings=user + 'rate_class = "bronze"\n')
        client = self.enterContext(RawClient(self.server))
        client.enter("/?token=secret")
        self.flooded_out(client, "class.bronze.messages_per_connection is 10 an hour")

    def test_what_is_wrong_with_classes_is_found_by_config_check(self):
        self.serve()
        path = self.server.folder / "wrong.toml"
        path.write_text("[rate.class.gold]\nmessages_per_address = '1/s'\nbytes_per_user = 'fast'\n", encoding="utf-8")
        checked = run_binary("config", "check", "--config", path)
        self.assertEqual(checked.returncode, 1)
        self.assertIn(":2: rate.class.gold.messages_per_address: is no limit of a class", checked.stderr)
        self.assertIn(':3: rate.class.gold.bytes_per_user: "fast" is not a rate such as 100/s', checked.stderr)


if __name__ == "__main__":
    unittest.main()
