"""`sentix tail`: what is published, line by line, over connections that end."""

import hashlib
import json
import os
import pty
import signal
import subprocess
import tempfile
import unittest

from support.admin import AdminServer
from support.certificates import Authority, tls_flags
from support.eventually import DEADLINE, eventually
from support.server import BINARY, run_binary

CONFIG = "[channels.kept]\npersistent = true\n"
_DIGEST = hashlib.sha256(b"password").hexdigest()
USERS = f'[auth]\nenabled = true\n[[auth.users]]\nusername = "ann"\ntoken_sha256 = "{_DIGEST}"\n'


class TailTest(unittest.TestCase):
    def start(self, *words, stdout=subprocess.PIPE, **variables):
        child = subprocess.Popen(
            [BINARY, "tail", *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.enterContext(tempfile.TemporaryDirectory(prefix="sentix-e2e-")),
            env={"PATH": os.environ["PATH"], **variables},
        )

        def end():
            if child.poll() is None:
                child.kill()
            child.communicate()

        self.addCleanup(end)
        return child

    def finish(self, child):
        out, err = child.communicate(timeout=DEADLINE)
        return child.returncode, out.splitlines(), err

    def followed(self, server, count, channels=1):
        """Waits until so many channels have a subscriber each, or more."""

        def enough():
            listed = server.admin.get("/api/channels").json["channels"]
            return sum(one["clients"] for one in listed) >= count and len(listed) >= channels

        eventually(enough, "nobody has subscribed")


class Following(TailTest):
    def setUp(self):
        self.server = self.enterContext(AdminServer(config=CONFIG))

    def test_lines(self):
        child = self.start("general", "kept", "--count", 3, "--url", self.server.url)
        self.followed(self.server, 2, channels=2)
        self.server.admin.publish("general", {"text": "hi"})
        self.server.admin.publish("kept", "\x9b2J\x7f")
        self.server.admin.publish("kept", 1.5)
        status, lines, err = self.finish(child)
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(lines[0], r'^\d\d:\d\d:\d\d general - - {"text": "hi"}$')
        self.assertRegex(lines[1], r'^\d\d:\d\d:\d\d kept 1 - "\\u009b2J\\u007f"$')
        self.assertRegex(lines[2], r"^\d\d:\d\d:\d\d kept 2 - 1.5$")

    def test_json_history_and_positions(self):
        for number in range(5):
            epoch = self.server.admin.publish("kept", number)["epoch"]

        def shown(*words):
            status, lines, err = self.finish(self.start("kept", "--json", "--url", self.server.url, *words))
            self.assertEqual((status, err), (0, ""))
            return [json.loads(line)["data"] for line in lines]

        self.assertEqual(shown("--history", 2, "--count", 2), [3, 4])
        self.assertEqual(shown("--since", 1, "--count", 4), [1, 2, 3, 4])
        self.assertEqual(shown("--since", f"{epoch}:3", "--count", 2), [3, 4])

    def test_a_reader_that_goes_ends_it(self):
        child = self.start("general", "--url", self.server.url)
        self.followed(self.server, 1)
        child.stdout.close()
        child.stdout = None

        def ended():
            self.server.admin.publish("general", 1)
            return child.poll() is not None

        eventually(ended, "it writes to nobody")
        self.assertEqual(child.returncode, 0)

    def test_a_signal_ends_it(self):
        child = self.start("general", "--url", self.server.url)
        self.followed(self.server, 1)
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(DEADLINE), -signal.SIGINT)

    def test_colours_are_for_terminals(self):
        for variables, expected in (({}, b"\x1b[1mgeneral\x1b[0m"), ({"NO_COLOR": "1"}, b" general - - 1")):
            with self.subTest(variables=variables):
                ours, theirs = pty.openpty()
                child = self.start("general", "--count", 1, "--url", self.server.url, stdout=theirs, **variables)
                os.close(theirs)
                self.followed(self.server, 1)
                self.server.admin.publish("general", 1)
                self.assertIn(expected, os.read(ours, 1000))
                self.assertEqual(child.wait(DEADLINE), 0)
                os.close(ours)


class EndedConnections(TailTest):
    def test_it_comes_back_after_4200_and_shows_what_it_missed(self):
        with tempfile.TemporaryDirectory() as folder:
            durable = ("--data-dir", folder)
            with AdminServer(*durable, config=CONFIG) as first:
                child = self.start("kept", "--json", "--count", 2, "--url", first.url)
                self.followed(first, 1)
                first.admin.publish("kept", "before")
                first.terminate()
                self.assertEqual(first.wait()[0], 0)
            with AdminServer("--port", first.port, *durable, config=CONFIG) as second:
                second.admin.publish("kept", "after")
                status, lines, err = self.finish(child)
        self.assertEqual((status, [json.loads(line)["data"] for line in lines]), (0, ["before", "after"]))
        self.assertIn("closed with 4200", err)
        self.assertIn("; connecting again in 0 ms\n", err)

    def test_it_does_not_come_back_after_40xx(self):
        with AdminServer(config=USERS) as server:
            child = self.start("general", "--url", server.url, SENTIX_TOKEN="password")
            self.followed(server, 1)
            server.admin.post("/api/disconnect", {"user": "ann", "reason": "go\x1b[2J"})
            status, _, err = self.finish(child)
        self.assertEqual((status, err), (1, f"sentix: {server.url}: closed with 4003, go\\x1b[2J\n"))


class Refusals(TailTest):
    def test_nobody_there(self):
        done = run_binary("tail", "general", "--url", "ws://127.0.0.1:1/")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "sentix: ws://127.0.0.1:1/: Connection refused\n")

    def test_wrong_usage(self):
        for words, status in (([], 2), (["general", "--wrong"], 2), (["not a name"], 1), (["a", "--since", "x"], 1),
                              (["a", "b", "--since", "1"], 1), (["a", "--user", "ann"], 1), (["a", "--url", "x"], 1)):
            with self.subTest(words=words):
                self.assertEqual(run_binary("tail", *words).returncode, status)

    def test_tokens(self):
        with AdminServer(config=USERS) as server:
            for variables in ({}, {"SENTIX_TOKEN": "wrong"}):
                status, _, err = self.finish(self.start("general", "--url", server.url, **variables))
                self.assertEqual(status, 1, err)
                self.assertIn("unauthenticated", err)
            right = {"SENTIX_TOKEN": "password", "SENTIX_USER": "ann"}
            child = self.start("general", "--count", 1, "--url", server.url, **right)
            self.followed(server, 1)
            server.admin.publish("general", 1)
            self.assertEqual(self.finish(child)[0], 0)

    def test_tls(self):
        with Authority() as authority, AdminServer(*tls_flags(authority.certificate("server"))) as server:
            url = f"wss://localhost:{server.port}/"
            status, _, err = self.finish(self.start("general", "--url", url))
            self.assertEqual(status, 1)
            self.assertIn("its certificate is not believed: ", err)
            wrong_name = f"wss://127.0.0.1:{server.port}/"
            status, _, err = self.finish(self.start("general", "--ca", authority.root, "--url", wrong_name))
            self.assertEqual(status, 1)
            self.assertIn("mismatch", err)
            for words in (("--ca", authority.root), ("--insecure",)):
                child = self.start("general", "--count", 1, "--url", url, *words)
                self.followed(server, 1)
                server.admin.publish("general", 1)
                self.assertEqual(self.finish(child)[0], 0)

    def test_the_settings_tell_where_the_server_is(self):
        with AdminServer() as server, tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
            config.write(f"port = {server.port}\n")
            config.flush()
            child = self.start("general", "--count", 1, "--config", config.name)
            self.followed(server, 1)
            server.admin.publish("general", 1)
            self.assertEqual(self.finish(child)[0], 0)


if __name__ == "__main__":
    unittest.main()
