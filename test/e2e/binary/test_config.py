"""Where settings come from, and the commands that write, check and show them."""

import itertools
import re
import unittest

from command import CommandTest

TOKEN_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Config(CommandTest):
    def shown(self, *flags, **variables):
        done = self.run_sentix("config", "show", *flags, **variables)
        self.assertEqual((done.status, done.err), (0, ""))
        return done.out

    def test_precedence_of_every_two_sources(self):
        """Each source against each weaker one: the files in the working folder are found by themselves."""
        sources = [
            "default",
            "sentix.toml:1",
            ".env:1, WEBSOCKET_PORT",
            "environment, WEBSOCKET_PORT",
            "command line, --port",
        ]
        for weak, strong in itertools.combinations(range(len(sources)), 2):
            with self.subTest(weak=sources[weak], strong=sources[strong]):
                used = {weak, strong}
                self.write("sentix.toml", "port = 1\n" if 1 in used else "")
                self.write(".env", "WEBSOCKET_PORT=2\n" if 2 in used else "")
                variables = {"WEBSOCKET_PORT": "3"} if 3 in used else {}
                flags = ["--port", "4"] if 4 in used else []
                text = self.shown(*flags, **variables)
                self.assertRegex(text, rf"(?m)^port = {strong} +# {re.escape(sources[strong])}$")

    def test_files_can_be_named(self):
        self.write("sentix.toml", "port = 1\n")
        self.write(".env", "WEBSOCKET_PORT=2\n")
        self.write("other.toml", "port = 3\n")
        self.write("other.env", "WEBSOCKET_WORKERS=4\n")
        text = self.shown("--config", "other.toml", "--env-file", "other.env")
        self.assertRegex(text, r"(?m)^port = 3 +# other.toml:1$")
        self.assertRegex(text, r"(?m)^workers = 4 +# other.env:1, WEBSOCKET_WORKERS$")

    def test_a_named_file_must_be_there_and_right(self):
        self.write("bad.toml", "port = \n")
        self.write("bad.env", "NAME=two words\n")
        table = {
            ("--config", "none.toml"): "sentix: none.toml: cannot be read: No such file or directory\n",
            ("--env-file", "none"): "sentix: none: cannot be read: No such file or directory\n",
            ("--config", "bad.toml"): "sentix: bad.toml:1: ",
            ("--env-file", "bad.env"): "sentix: bad.env:1: NAME: a value with spaces in it needs quotes\n",
        }
        for flags, expected in table.items():
            with self.subTest(flags=flags):
                for command in (["serve", "--port", "0"], ["config", "check"]):
                    done = self.run_sentix(*command, *flags)
                    self.assertEqual((done.status, done.out), (1, ""))
                    self.assertTrue(done.err.startswith(expected), done.err)
                    self.assertEqual(done.err.count("\n"), 1)

    def test_a_folder_that_has_the_usual_name_is_passed_over_unless_it_was_named(self):
        (self.folder / ".env").mkdir()
        self.assertRegex(self.shown(), r"(?m)^port = 8080 +# default$")
        done = self.run_sentix("config", "check", "--env-file", ".env")
        self.assertEqual(done, (1, "", "sentix: .env: cannot be read: Is a directory\n"))

    def test_a_line_of_the_env_file_with_another_separator_names_its_variable(self):
        for line in ("WEBSOCKET_PORT 9000", "WEBSOCKET_PORT: 9000"):
            with self.subTest(line):
                self.write(".env", line + "\n")
                done = self.run_sentix("config", "check")
                self.assertEqual((done.status, done.out), (1, ""))
                self.assertTrue(done.err.startswith("sentix: .env:1: WEBSOCKET_PORT: a line is NAME=value"), done.err)

    def test_an_env_file_as_windows_editors_write_it(self):
        self.write(".env", "\ufeff\"WEBSOCKET_PORT\"=9000\r\n")
        self.assertRegex(self.shown(), r"(?m)^port = 9000 +# .env:1, WEBSOCKET_PORT$")

    def test_booleans_can_stand_alone(self):
        for flags, value in (
            (["--debug"], "true"),
            (["--debug=false"], "false"),
            (["--debug", "off"], "false"),
            (["--debug", "--port", "1"], "true"),
            (["--port", "2", "--port", "1"], "false"),
        ):
            with self.subTest(flags=flags):
                self.assertRegex(self.shown(*flags), rf"(?m)^debug = {value} ")

    def test_check_finds_everything_at_once(self):
        self.write(
            "sentix.toml", "prot = 1\nmax_clients = -4\n\n[auth]\nenabled = true\n[channels.a]\npublish = 'all'\n"
        )
        self.write(".env", "APP=1\nWEBSOCKET_DEBUG=maybe\nWEBSOCKET_PROT=1\n")
        done = self.run_sentix("config", "check", "--port", "70000", WEBSOCKET_HOST="", WEBSOCKET_PING_INTERVAL="x")
        self.assertEqual((done.status, done.out), (1, ""))
        self.assertEqual(
            done.err.splitlines(),
            [
                "sentix: warning: .env:3: WEBSOCKET_PROT: no setting has this name "
                '(did you mean "WEBSOCKET_PORT"?)',
                'sentix: sentix.toml:1: prot: no setting has this name (did you mean "port"?)',
                'sentix: sentix.toml:2: max_clients: "-4" is not a whole number from 0 to 1000000000',
                'sentix: sentix.toml:7: channels."a".publish: "all" is not one of: subscribers anyone server',
                'sentix: .env:2: WEBSOCKET_DEBUG: "maybe" is not a boolean: true or false, 1 or 0, yes or no, '
                "on or off",
                'sentix: environment: WEBSOCKET_PING_INTERVAL: "x" is not a duration such as 500ms, 30s or 10m, '
                "from 0s to 365d",
                'sentix: command line: --port: "70000" is not a whole number from 0 to 65535',
                "sentix: sentix.toml:5: auth.enabled: nobody could authenticate: it needs at least one [[auth.users]], "
                "a key of [auth.jwt], auth.webhook.url, or tls.client_certs",
            ],
        )

    def test_check_of_what_is_right(self):
        done = self.run_sentix("config", "check")
        self.assertEqual((done.status, done.out, done.err), (0, "the configuration is good\n", ""))

    def test_show_masks_secrets(self):
        self.write("sentix.toml", f'[[auth.users]]\nusername = "joe"\ntoken_sha256 = "{TOKEN_HASH}"\n')
        text = self.shown(WEBSOCKET_ADMIN_TOKEN="hunter2")
        self.assertRegex(text, r'(?m)^admin_token = "\*{8}" +# environment, WEBSOCKET_ADMIN_TOKEN$')
        self.assertRegex(text, r'(?m)^username = "joe" +# sentix.toml:2\ntoken_sha256 = "\*{8}" +# sentix.toml:3$')
        self.assertNotIn("hunter2", text)
        self.assertNotIn(TOKEN_HASH, text)

    def test_publish_writes_a_file_that_is_good_and_changes_nothing(self):
        before = self.shown()
        done = self.run_sentix("config", "publish")
        self.assertEqual((done.status, done.out, done.err), (0, "wrote sentix.toml\n", ""))
        self.assertEqual(self.run_sentix("config", "check").status, 0)
        values = re.compile(r"(?m) +# [^\n]*$")
        self.assertEqual(values.sub("", self.shown()), values.sub("", before))

    def test_publish_does_not_overwrite(self):
        self.write("mine.toml", "port = 1\n")
        done = self.run_sentix("config", "publish", "mine.toml")
        self.assertEqual(done, (1, "", "sentix: mine.toml: cannot be written: File exists\n"))
        self.assertEqual(self.read("mine.toml"), "port = 1\n")

    def test_publish_to_standard_output(self):
        done = self.run_sentix("config", "publish", "-")
        self.run_sentix("config", "publish", "file.toml")
        self.assertEqual(done.out, self.read("file.toml"))


if __name__ == "__main__":
    unittest.main()
