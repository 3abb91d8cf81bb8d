"""The Autobahn runner, with a fuzzingclient and a server that only act as such."""

import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools/dev"
sys.path.insert(0, str(TOOLS))
import autobahn

SERVER = """#!/bin/sh
echo "listening on ws://127.0.0.1:4711"
exec sleep 60
"""

CLIENT = """#!/usr/bin/env python3
import json, pathlib, sys
configuration = json.loads(pathlib.Path(sys.argv[sys.argv.index("-s") + 1]).read_text())
assert sys.argv[1:3] == ["-m", "fuzzingclient"], sys.argv
assert configuration["servers"] == [{"agent": "sentix", "url": "ws://127.0.0.1:4711"}], configuration
reports = pathlib.Path(configuration["outdir"])
reports.mkdir()
(reports / "index.json").write_text(json.dumps({"sentix": CASES}))
"""


def case(behavior: str, closing: str = "OK") -> dict:
    return {"behavior": behavior, "behaviorClose": closing, "duration": 1, "remoteCloseCode": 1000}


class SummaryTest(unittest.TestCase):
    def test_all_in_order(self):
        text, status = autobahn.summary({"1.1.1": case("OK"), "1.1.2": case("OK")})
        self.assertEqual((text, status), ("autobahn: 2 cases: 2 OK", 0))

    def test_what_is_not_ok_is_listed_in_the_order_of_the_suite(self):
        text, status = autobahn.summary(
            {"10.1.1": case("NON-STRICT"), "9.1.1": case("INFORMATIONAL"), "2.1": case("OK")}
        )
        self.assertEqual(status, 0)
        self.assertEqual([line.split()[1] for line in text.split("\n")[:-1]], ["9.1.1", "10.1.1"])
        self.assertIn("3 cases: 1 INFORMATIONAL, 1 NON-STRICT, 1 OK", text)

    def test_failures(self):
        for failed in (case("FAILED"), case("OK", "UNCLEAN"), case("OK", "WRONG CODE"), case("FAILED BY CLIENT")):
            text, status = autobahn.summary({"1.1.1": case("OK"), "1.1.2": failed})
            self.assertEqual(status, 1)
            self.assertIn("FAILED  1.1.2", text)

    def test_no_case_is_a_failure(self):
        self.assertEqual(autobahn.summary({})[1], 1)


class RunTest(unittest.TestCase):
    def run_with(self, cases: dict) -> subprocess.CompletedProcess:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for path, text in (("server", SERVER), ("client", CLIENT.replace("CASES", repr(cases)))):
                (folder / path).write_text(text)
                (folder / path).chmod(stat.S_IRWXU)
            environment = {**os.environ, "SENTIX": str(folder / "server"), "WSTEST": str(folder / "client")}
            return subprocess.run(
                [sys.executable, TOOLS / "autobahn.py"],
                env=environment, capture_output=True, text=True, timeout=60, check=False,
            )

    def test_a_run_in_order(self):
        done = self.run_with({"1.1.1": case("OK")})
        self.assertEqual((done.returncode, done.stdout), (0, "autobahn: 1 cases: 1 OK\n"), done.stderr)

    def test_a_run_with_a_failure(self):
        done = self.run_with({"1.1.1": case("FAILED")})
        self.assertEqual(done.returncode, 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
