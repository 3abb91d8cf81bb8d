"""The HTTP API for backends, beside publishing: lists, batches, disconnecting, and why somebody was disconnected."""

import hashlib
import unittest

from support.admin import AdminTest
from support.eventually import eventually
from support.raw_client import TEXT, frame

CONFIG = """
workers = 2
[auth]
[[auth.users]]
username = "ann"
token_sha256 = "@DIGEST@"
[channels.kept]
persistent = true
[channels."closed-*"]
auto_create = false
[channels.lobby]
presence = true
""".replace("@DIGEST@", hashlib.sha256(b"secret").hexdigest())


class ApiTest(AdminTest):
    CONFIG = CONFIG

    def enter_as_ann(self, *channels):
        return self.enter(*channels, authorization="Bearer secret")

    def test_channels_come_in_pages(self):
        names = sorted(f"news-{number}" for number in range(25))
        self.enter(*names, "other")
        self.enter("news-3")
        listed = self.admin.get("/api/channels?prefix=news-&limit=10").json
        self.assertEqual([channel["channel"] for channel in listed["channels"]], names[:10])
        self.assertEqual(listed["next"], names[9])
        seen, after = [], ""
        while after is not None:
            page = self.admin.get(f"/api/channels?prefix=news-&limit=7&after={after}").json
            seen += page["channels"]
            after = page.get("next")
        self.assertEqual([channel["channel"] for channel in seen], names)
        self.assertEqual({channel["clients"] for channel in seen if channel["channel"] != "news-3"}, {1})
        self.assertEqual([channel["clients"] for channel in seen if channel["channel"] == "news-3"], [2])

    def test_members_are_those_who_are_there(self):
        self.enter_as_ann("lobby")
        self.enter_as_ann("lobby")
        _, anonymous = self.enter("lobby")
        listed = self.admin.get("/api/members?channel=lobby").json
        self.assertEqual((listed["channel"], listed["count"]), ("lobby", 2))
        members = {member["user"]: member["connections"] for member in listed["members"]}
        self.assertEqual(members, {"ann": 2, anonymous: 1})
        first = self.admin.get("/api/members?channel=lobby&limit=1").json
        self.assertEqual((len(first["members"]), first["count"]), (1, 2))
        self.assertEqual(self.admin.get("/api/members?channel=nowhere").status, 404)
        self.assertEqual(self.admin.get("/api/members").status, 400)

    def test_a_batch_is_checked_whole_before_anything_happens(self):
        client, _ = self.enter("a")
        good = {"channel": "a", "data": 1}
        refused = self.admin.post("/api/publish_batch", {"publications": [good, {"channel": "a"}]})
        self.assertEqual(refused.status, 400)
        self.assertIn("Number 2: ", refused.json["message"])
        batch = [good, {"channel": "kept", "data": 2}, {"channel": "closed-x", "data": 3}, {"channel": "a", "data": 4}]
        answer = self.admin.post("/api/publish_batch", {"publications": batch})
        self.assertEqual(answer.status, 200)
        first, second, third, fourth = answer.json["results"]
        self.assertEqual((first, second["offset"], third["code"], fourth), ({}, 1, "not_found", {}))
        self.assertEqual([client.expect("message")["data"] for _ in range(2)], [1, 4])

    def test_a_broadcast_reaches_each_channel_once(self):
        client, _ = self.enter("a", "b", "c")
        answer = self.admin.post("/api/broadcast", {"channels": ["a", "c"], "data": "x"})
        self.assertEqual((answer.status, answer.json), (200, {"results": [{}, {}]}))
        self.assertEqual({client.expect("message")["channel"] for _ in range(2)}, {"a", "c"})
        for channels in (["a", "*"], ["a"] * 1001, "a", None):
            self.assertEqual(self.admin.post("/api/broadcast", {"channels": channels, "data": 1}).status, 400)
        self.admin.publish("b", "last")
        self.assertEqual(client.expect("message")["data"], "last")

    def test_all_connections_of_a_user_are_closed(self):
        clients = [self.enter_as_ann()[0] for _ in range(8)]  # on whichever worker
        bystander, _ = self.enter("a")
        answer = self.admin.post("/api/disconnect", {"user": "ann", "reason": "go home"})
        self.assertEqual((answer.status, answer.json), (200, {"disconnected": 8}))
        for client in clients:
            self.assertEqual(client.receive_close(), (4003, "go home"))
        self.assertEqual(self.admin.post("/api/disconnect", {"user": "nobody"}).json, {"disconnected": 0})
        self.admin.publish("a", 1)
        bystander.expect("message")

    def test_one_connection_is_closed(self):
        client, connection = self.enter()
        wanted = {"connection": connection, "code": 4200, "reason": "come again"}
        self.assertEqual(self.admin.post("/api/disconnect", wanted).json, {"disconnected": 1})
        self.assertEqual(client.receive_close(), (4200, "come again"))
        client.close()
        eventually(lambda: self.admin.post("/api/disconnect", wanted).status == 404, "it is still there")

    def test_what_is_wrong_with_a_disconnect_is_said(self):
        for wrong in (
            {},
            {"user": ""},
            {"user": 1},
            {"connection": "c1"},
            {"user": "a", "connection": "c0100000000000001"},
            {"user": "a", "code": 1006},
            {"user": "a", "code": 70000},
            {"user": "a", "code": "1000"},
            {"user": "a", "reason": 1},
        ):
            with self.subTest(wrong=wrong):
                answer = self.admin.post("/api/disconnect", wrong)
                self.assertEqual((answer.status, answer.json["code"]), (400, "bad_request"))

    def test_why_was_i_disconnected(self):
        client, connection = self.enter_as_ann()
        client.send(frame(TEXT, b"x", length=2 << 20))
        self.assertEqual(client.receive_close()[0], 1009)
        closes = eventually(lambda: self.admin.get(f"/api/closes?connection={connection}").json["closes"], "no close")
        self.assertEqual(len(closes), 1)
        close = closes[0]
        self.assertEqual((close["connection"], close["user"], close["code"]), (connection, "ann", 1009))
        self.assertEqual((close["reason"], close["setting"]), ("message_too_large", "max_message_bytes"))
        self.assertIn("1048576", close["limit"])
        self.assertRegex(close["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(self.admin.get("/api/closes?user=ann").json["closes"], closes)
        self.assertEqual(self.admin.get("/api/closes?user=bob").json["closes"], [])
        self.assertEqual(self.admin.get("/api/closes?limit=0").status, 400)

    def test_a_node_tells_of_itself(self):
        self.enter("a")
        info = self.admin.get("/api/info").json
        self.assertEqual((info["workers"], info["clients"], info["ready"]), (2, 1, True))
        self.assertRegex(info["version"], r"^\d+\.\d+\.\d+")

    def test_the_description_has_every_path_that_this_test_uses(self):
        description = self.admin.get("/api/openapi.json").json
        self.assertEqual(description["openapi"], "3.1.0")
        for path in ("publish", "publish_batch", "broadcast", "disconnect", "channels", "members", "closes", "info"):
            self.assertIn(f"/api/{path}", description["paths"])


if __name__ == "__main__":
    unittest.main()
