"""What the admin listener tells a dashboard: numbers, connections, settings, and a channel as it goes by."""

import hashlib
import http.client
import json
import unittest

from support.admin import AdminTest
from support.eventually import DEADLINE, eventually

CONFIG = """
workers = 2
admin_token = "s3cret"
admin_read_token = "look"
[auth]
[[auth.users]]
username = "ann"
token_sha256 = "@DIGEST@"
info = { team = "red" }
[channels.lobby]
presence = true
""".replace("@DIGEST@", hashlib.sha256(b"secret").hexdigest())


class Tap:
    """The events of a channel, read as they come."""

    def __init__(self, port, channel):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
        self.connection.request("GET", f"/api/tap?channel={channel}")
        self.response = self.connection.getresponse()

    def event(self):
        name, data = "", []
        while line := self.response.readline().decode().rstrip("\n"):
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
        return name, json.loads("\n".join(data))

    def close(self):
        self.response.close()
        self.connection.close()


class WatchingTest(AdminTest):
    CONFIG = CONFIG

    def test_numbers_agree_with_the_metrics(self):
        self.enter("a")
        self.admin.publish("a", 1)
        eventually(lambda: self.admin.get("/api/stats").json["totals"]["deliveries"] == 1, "nothing was delivered")
        stats, metrics = self.admin.get("/api/stats").json, self.admin.metrics()
        self.assertEqual((stats["clients"], stats["channels"], stats["ready"]), (1, 1, True))
        received = sum(value for name, value in metrics.items() if name.startswith("sentix_messages_received_total{"))
        self.assertEqual(stats["totals"]["messages"], received)
        self.assertEqual(stats["totals"]["api_publications"], 1)
        self.assertEqual(len(stats["delivery"]["counts"]), len(stats["bounds_us"]) + 1)
        self.assertEqual(sum(stats["handshake"]["counts"]), metrics["sentix_handshake_seconds_count"])
        self.assertGreater(stats["resident_bytes"], 1 << 20)
        self.assertGreaterEqual(self.admin.get("/api/stats").json["clock_ms"], stats["clock_ms"])

    def test_connections_come_in_pages(self):
        ids = sorted(self.enter()[1] for _ in range(15))
        listed = self.admin.get("/api/connections").json
        self.assertEqual([client["connection"] for client in listed["connections"]], ids)
        seen, after = [], ""
        while after is not None:
            page = self.admin.get(f"/api/connections?limit=4&after={after}").json
            self.assertLessEqual(len(page["connections"]), 4)
            seen += [client["connection"] for client in page["connections"]]
            after = page.get("next")
        self.assertEqual(seen, ids)

    def test_connections_are_found_by_id_address_and_user(self):
        self.enter()
        _, connection = self.enter(authorization="Bearer secret")
        for text in ("ann", "ANN", connection, connection.upper()):
            found = self.admin.get(f"/api/connections?search={text}").json["connections"]
            self.assertEqual([client["connection"] for client in found], [connection], text)
        self.assertEqual(len(self.admin.get("/api/connections?search=127.0.0.1:").json["connections"]), 2)
        self.assertEqual(self.admin.get("/api/connections?search=nobody").json, {"connections": []})
        for wrong in ("limit=0", "limit=1001", "after=x", "search=%FF"):
            self.assertEqual(self.admin.get(f"/api/connections?{wrong}").status, 400, wrong)

    def test_one_connection_is_told_with_what_it_listens_to(self):
        client, connection = self.enter("a", "lobby", authorization="Bearer secret")
        told = self.admin.get(f"/api/connection?id={connection}").json
        self.assertEqual((told["connection"], told["user"], told["info"]), (connection, "ann", {"team": "red"}))
        self.assertEqual((sorted(told["subscriptions"]), told["channels"]), (["a", "lobby"], 2))
        self.assertEqual((told["tls"], told["compressed"], told["read_from"]), (False, False, True))
        self.assertEqual(told["waiting_bytes"], 0)
        client.close()
        eventually(lambda: self.admin.get(f"/api/connection?id={connection}").status == 404, "it is still there")
        for wrong in ("", "?id=", "?id=c1"):
            self.assertEqual(self.admin.get(f"/api/connection{wrong}").status, 400, wrong)

    def test_settings_are_told_without_secrets(self):
        answer = self.admin.get("/api/settings")
        settings = {setting["key"]: setting for setting in answer.json["settings"]}
        self.assertEqual(settings["workers"]["value"], "2")
        self.assertEqual(settings["workers"]["source"], "sentix.toml:2")
        self.assertTrue(settings["admin_token"]["secret"])
        self.assertEqual(settings["channels.\"lobby\".presence"]["value"], "true")
        for secret in (b"s3cret", b"look\"", hashlib.sha256(b"secret").hexdigest().encode()):
            self.assertNotIn(secret, answer.body)

    def test_a_tap_hears_what_subscribers_hear_and_is_none(self):
        self.enter("lobby", authorization="Bearer secret")
        tap = Tap(self.admin.port, "lobby")
        self.addCleanup(tap.close)
        self.assertEqual(tap.response.headers["Content-Type"], "text/event-stream")
        for data in ("<script>", {"a": [1, None]}):
            self.admin.publish("lobby", data)
            self.assertEqual(tap.event(), ("message", {"type": "message", "channel": "lobby", "data": data}))
        self.enter("lobby")
        name, join = tap.event()
        self.assertEqual((name, join["type"]), ("message", "join"))
        members = self.admin.get("/api/members?channel=lobby").json
        self.assertEqual(members["count"], 2)
        listed = self.admin.get("/api/channels").json["channels"]
        self.assertEqual(listed, [{"channel": "lobby", "clients": 2}])

    def test_a_server_that_is_tapped_ends_in_order(self):
        tap = Tap(self.admin.port, "a")
        self.addCleanup(tap.close)
        self.server.terminate()
        self.assertEqual(self.server.wait()[0], 0)
        self.assertEqual(tap.response.read(), b"")

    def test_with_the_second_token_one_may_look_and_change_nothing(self):
        _, connection = self.enter()
        reader = {"Authorization": "Bearer look"}
        info = self.admin.ask("GET", "/api/info", headers=reader).json
        self.assertTrue(info["read_only"])
        self.assertFalse(self.admin.get("/api/info").json["read_only"])
        for path, body in (
            ("publish", {"channel": "a", "data": 1}),
            ("publish_batch", {"publications": []}),
            ("broadcast", {"channels": ["a"], "data": 1}),
            ("disconnect", {"connection": connection}),
        ):
            answer = self.admin.post(f"/api/{path}", body, reader)
            self.assertEqual((answer.status, answer.json["code"]), (403, "forbidden"), path)
            self.assertIn("admin_read_token", answer.json["message"])
        self.assertEqual(self.admin.get("/api/info").json["clients"], 1)


if __name__ == "__main__":
    unittest.main()
