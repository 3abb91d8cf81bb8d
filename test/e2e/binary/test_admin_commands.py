"""`sentix publish`, `channels` and `kick`: what a person or a script asks of a running server."""

import subprocess
import tempfile
import unittest

from support.admin import AdminServer
from support.eventually import DEADLINE
from support.raw_client import RawClient
from support.server import BINARY, run_binary


class AdminCommandsTest(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(AdminServer(config="[channels.kept]\npersistent = true\n"))
        self.where = ("--admin", f"127.0.0.1:{self.server.admin.port}")

    def subscriber(self, *channels):
        client = self.enterContext(RawClient(self.server))
        connection = client.enter()["connection"]
        for channel in channels:
            client.command(type="subscribe", id=1, channel=channel)
            client.expect("subscribed")
        return client, connection

    def test_publish(self):
        client, _ = self.subscriber("general")
        self.assertEqual(run_binary("publish", "general", '{"a": 1.0}', *self.where).stdout, "{}\n")
        self.assertEqual(client.expect("message")["data"], {"a": 1.0})
        run_binary("publish", "general", "--text", 'say "hi"', *self.where)
        self.assertEqual(client.expect("message")["data"], 'say "hi"')
        first, again = (run_binary("publish", "kept", "1", "--key", "k", *self.where) for _ in range(2))
        self.assertIn('"offset":1,', first.stdout)
        self.assertEqual(first.stdout, again.stdout)

    def test_publish_reads_standard_input(self):
        client, _ = self.subscriber("general")
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [BINARY, "publish", "general", "-", *self.where],
                input=b' ["from", "a pipe"]\n',
                capture_output=True,
                timeout=DEADLINE,
                cwd=folder,
                check=False,
            )
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(client.expect("message")["data"], ["from", "a pipe"])

    def test_channels(self):
        self.subscriber("general", "news-1", "news-2")
        self.assertEqual(run_binary("channels", *self.where).stdout, "general\t1\nnews-1\t1\nnews-2\t1\n")
        self.assertEqual(run_binary("channels", "--prefix", "news-", *self.where).stdout, "news-1\t1\nnews-2\t1\n")
        missing = run_binary("channels", "--members", "general", *self.where)
        self.assertEqual((missing.returncode, missing.stdout), (1, ""))
        self.assertEqual(missing.stderr, 'sentix: There is no channel "general" with presence.\n')

    def test_kick(self):
        client, connection = self.subscriber()
        done = run_binary("kick", "--connection", connection, "--reason", "bye", *self.where)
        self.assertEqual((done.returncode, done.stdout), (0, '{"disconnected":1}\n'))
        self.assertEqual(client.receive_close(), (4003, "bye"))
        self.assertEqual(run_binary("kick", "nobody", *self.where).stdout, '{"disconnected":0}\n')

    def test_what_is_refused_is_said_with_status_1(self):
        done = run_binary("publish", "general", "{no json", *self.where)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("sentix: The body is not valid JSON", done.stderr)

    def test_where_nobody_answers_is_said(self):
        for where, expected in (("127.0.0.1:1", "127.0.0.1:1 cannot be asked: "), ("off", "say where to ask")):
            done = run_binary("channels", "--admin", where)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(expected, done.stderr)

    def test_wrong_usage(self):
        for words in (["publish"], ["publish", "a"], ["kick"], ["kick", "a", "--connection", "c1"], ["channels", "a"]):
            with self.subTest(words=words):
                self.assertEqual(run_binary(*words, *self.where).returncode, 2)


if __name__ == "__main__":
    unittest.main()
