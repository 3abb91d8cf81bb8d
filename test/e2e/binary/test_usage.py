"""What the binary says about itself, and to whom uses it wrongly."""

import re
import unittest

from command import CommandTest


class Usage(CommandTest):
    def test_version(self):
        done = self.run_sentix("--version")
        self.assertEqual((done.status, done.err), (0, ""))
        self.assertRegex(done.out, r"\Asentix \d+\.\d+\.\d+\n\Z")

    def test_alone_it_prints_help(self):
        done = self.run_sentix()
        self.assertEqual(done.status, 0)
        self.assertEqual(done.out, self.run_sentix("--help").out)
        for command in ("serve", "echo", "config"):
            self.assertRegex(done.out, rf"(?m)^  {command} ")

    def test_every_command_has_help(self):
        for words in (["serve"], ["echo"], ["config"], ["config", "publish"], ["config", "check"], ["config", "show"]):
            with self.subTest(words=words):
                done = self.run_sentix(*words, "--help")
                self.assertEqual((done.status, done.err), (0, ""))
                self.assertIn("sentix " + " ".join(words), done.out)

    def test_help_of_serve_teaches(self):
        text = self.run_sentix("serve", "--help").out
        self.assertRegex(text, r"--port N .*\n.*\[default 8080, WEBSOCKET_PORT\]")
        for words in ("Examples:", "WEBSOCKET_PORT=9000 sentix serve", "--config FILE", "--log-channel", "Status: 0"):
            self.assertIn(words, text)
        self.assertFalse(re.search(r"(?m)^.{121,}$", text))

    def test_wrong_usage_has_status_2_and_a_hint(self):
        table = {
            ("serve", "--prot", "1"): 'sentix: --prot: unknown (did you mean "--port"?)\n',
            ("serve", "--port"): "sentix: --port: ",
            ("bogus",): "sentix: bogus: unknown\n",
            ("config",): "sentix: ",
            ("echo", "--max-clients", "1"): "sentix: --max-clients: unknown",
        }
        for words, expected in table.items():
            with self.subTest(words=words):
                done = self.run_sentix(*words)
                self.assertEqual((done.status, done.out), (2, ""))
                self.assertTrue(done.err.startswith(expected), done.err)
                self.assertTrue(done.err.endswith("Try --help.\n"), done.err)


if __name__ == "__main__":
    unittest.main()
