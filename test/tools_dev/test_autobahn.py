"""The Autobahn runner, with a fuzzingclient and a server that only act as such."""

import contextlib
import io
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

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


# Docker as far as the runner sees it: what stands behind the image's name is run here.
DOCKER = """#!/bin/sh
echo "docker $*" >> "$(dirname "$0")/docker.log"
while [ "$1" != IMAGE ]; do shift; done
shift 2
exec "$(dirname "$0")/client" "$@"
"""


class RunTest(unittest.TestCase):
    def test_docker_runs_as_the_user_who_started_it(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            client = CLIENT.replace("CASES", repr({"1.1.1": case("OK")}))
            docker = DOCKER.replace("IMAGE", autobahn.IMAGE)
            self.write(folder, {"server": SERVER, "client": client, "docker": docker})
            environment = {**os.environ, "SENTIX": str(folder / "server"), "PATH": f"{folder}:/usr/bin:/bin"}
            environment.pop("WSTEST", None)
            done = subprocess.run(
                [sys.executable, TOOLS / "autobahn.py"],
                env=environment, capture_output=True, text=True, timeout=60, check=False,
            )
            self.assertEqual((done.returncode, done.stdout), (0, "autobahn: 1 cases: 1 OK\n"), done.stderr)
            self.assertIn(f" --user {os.getuid()}:{os.getgid()} ", (folder / "docker.log").read_text())

    def test_reports_that_cannot_be_removed_are_told_nonetheless(self):
        out = io.StringIO()
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.write(folder, {"server": SERVER, "client": CLIENT.replace("CASES", repr({"1.1.1": case("OK")}))})
            variables = {"SENTIX": str(folder / "server"), "WSTEST": str(folder / "client")}
            denied = unittest.mock.patch("os.unlink", side_effect=PermissionError("not yours"))
            inside = unittest.mock.patch("tempfile.tempdir", name)
            with unittest.mock.patch.dict(os.environ, variables), contextlib.redirect_stdout(out), denied, inside:
                self.assertEqual(autobahn.main(), 0)
        self.assertEqual(out.getvalue(), "autobahn: 1 cases: 1 OK\n")

    def write(self, folder: pathlib.Path, programs: dict[str, str]) -> None:
        for path, text in programs.items():
            (folder / path).write_text(text)
            (folder / path).chmod(stat.S_IRWXU)

    def run_with(self, cases: dict) -> subprocess.CompletedProcess:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.write(folder, {"server": SERVER, "client": CLIENT.replace("CASES", repr(cases))})
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
