"""The Autobahn fuzzingclient against `sentix echo`, and what it found.

WSTEST=command if given, else wstest on the path, else the Docker image. AUTOBAHN_CASES="1.* 9.1.1" runs a part. Every
case that is not OK is listed; exit 1 where one failed.
"""

import collections
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGE = "crossbario/autobahn-testsuite"
AGENT = "sentix"
# What Autobahn calls a case that went right, or that no RFC decides. Everything else is a failure.
ACCEPTED = ("OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED")


def summary(cases: dict) -> tuple[str, int]:
    """What to print about one agent of an index.json, and the exit status."""
    if not cases:
        return "autobahn: no case was run", 1

    def numbers(name: str) -> list[int]:
        return [int(part) for part in name.split(".")]

    lines = []
    failed = 0
    counts: collections.Counter = collections.Counter()
    for name in sorted(cases, key=numbers):
        behavior, closing = cases[name]["behavior"], cases[name]["behaviorClose"]
        wrong = behavior not in ACCEPTED or closing not in ACCEPTED
        failed += wrong
        counts["FAILED" if wrong else behavior] += 1
        if (behavior, closing) != ("OK", "OK"):
            lines.append(f"{'FAILED' if wrong else 'noted':8}{name:10}{behavior}, its close {closing}")
    counted = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    lines.append(f"autobahn: {len(cases)} cases: {counted}")
    return "\n".join(lines), 1 if failed else 0


def client_command(folder: pathlib.Path) -> list[str]:
    """The fuzzingclient, told where its configuration is."""
    command = shlex.split(os.environ.get("WSTEST", "")) or [each for each in [shutil.which("wstest")] if each]
    if command:
        return [*command, "-m", "fuzzingclient", "-s", str(folder / "fuzzingclient.json")]
    if shutil.which("docker"):
        # As whoever runs this, so that the reports can be read and removed again.
        user = ["--user", f"{os.getuid()}:{os.getgid()}"]
        inside = ["-v", f"{folder}:{folder}", "--workdir", str(folder), "--network", "host", *user]
        return ["docker", "run", "--rm", *inside, IMAGE, "wstest", "-m", "fuzzingclient", "-s",
                str(folder / "fuzzingclient.json")]
    raise SystemExit("autobahn: needs WSTEST=command, wstest on the path, or Docker")


def run_client(url: str, folder: pathlib.Path) -> dict:
    """Every case against the server at `url`; returns the agent's part of index.json."""
    reports = folder / "reports"
    configuration = {
        "outdir": str(reports),
        "servers": [{"agent": AGENT, "url": url}],
        "cases": os.environ.get("AUTOBAHN_CASES", "*").split(),
        "exclude-cases": [],
        "exclude-agent-cases": {},
    }
    (folder / "fuzzingclient.json").write_text(json.dumps(configuration, indent=2))
    status = subprocess.run(client_command(folder), cwd=folder, stdin=subprocess.DEVNULL, check=False).returncode
    if status != 0:
        raise SystemExit(f"autobahn: the fuzzingclient ended with {status}")
    return json.loads((reports / "index.json").read_text()).get(AGENT, {})


def main() -> int:
    binary = os.environ.get("SENTIX", str(ROOT / "build/sentix"))
    # No limit of ours may stop a case: the largest message is 16 MiB.
    echo = [binary, "echo", "--port", "0", "--max-message-bytes", str(64 << 20)]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sentix-autobahn-"))
    try:
        with subprocess.Popen(echo, stdout=subprocess.PIPE, text=True) as server:
            try:
                listening = re.search(r"listening on (ws://\S+)", server.stdout.readline())
                if not listening:
                    raise SystemExit("autobahn: sentix echo did not start")
                cases = run_client(listening.group(1), folder)
            finally:
                server.send_signal(signal.SIGTERM)
                try:
                    server.wait(20)
                except subprocess.TimeoutExpired:
                    server.kill()
        text, status = summary(cases)
        print(text, flush=True)
    finally:
        # Where Docker maps users, some of it may belong to another one: no reason to fail.
        shutil.rmtree(folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
