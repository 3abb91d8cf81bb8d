"""One load against one server, and many of them in turn."""

import collections
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from scenarios import Group, Row
from servers import BUILD, CLIENT_CPU, Running, Server, Unavailable, claim

# From sentix-load's JSON to the figures of the report.
FIGURES = {
    "server_us": lambda result: result["server"]["cpu_us_per_message"],
    "connection_bytes": lambda result: result["server"]["bytes_per_connection"],
    "server_share": lambda result: result["server"]["cpu_share"],
    "client_share": lambda result: result["client"]["cpu_share"],
    "rate": lambda result: result["received_per_second"],
    "p50_us": lambda result: result["latency_ns"]["p50"] / 1000,
    "p99_us": lambda result: result["latency_ns"]["p99"] / 1000,
    "p99.9_us": lambda result: result["latency_ns"]["p99.9"] / 1000,
}


# Of the real-time class. Whoever is measured beside another load must not wait for a processor which that keeps busy.
PRIORITY, PRIORITY_BESIDE = 10, 20


def load(running: Running, row: Row, seconds: float, real_time: int | None = None) -> dict:
    """Runs sentix-load on CLIENT_CPU; its result."""
    if not row.beside:
        return _result_of(_start(running, row.load, row.path, seconds, real_time), row)
    other = _start(running, row.beside, row.path, seconds + 60, real_time)
    try:
        _wait_until_connected(running)
        return _result_of(_start(running, row.load, row.path, seconds, PRIORITY_BESIDE), row)
    finally:
        other.end()


def _wait_until_connected(running: Running):
    """Until the server has got no further connection for a while."""
    count, since = -1, time.monotonic()
    while time.monotonic() - since < 0.7:
        now = len(os.listdir(f"/proc/{running.pid}/fd"))
        if now > count + 50 or count < 0:
            count, since = now, time.monotonic()
        time.sleep(0.05)


class _Load:
    """A sentix-load that runs."""

    def __init__(self, command: list, real_time: int | None):
        self.file = tempfile.NamedTemporaryFile(suffix=".json")
        self.child = subprocess.Popen([*map(str, command), "--json", self.file.name], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                      preexec_fn=lambda: claim({CLIENT_CPU}, real_time))

    def end(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)
        self.child.communicate()


def _start(running: Running, words: tuple, path: str, seconds: float, real_time: int | None) -> _Load:
    plain = ["--plain"] if words[0] == "fanout" and running.server.plain else []
    return _Load([BUILD / "sentix-load", words[0], running.url(path if plain else "/"), *words[1:], *plain, "--pid",
                  running.pid, "--duration", f"{round(seconds * 1000)}ms", "--warmup", "300ms"], real_time)


def _result_of(run: _Load, row: Row) -> dict:
    said, _ = run.child.communicate()
    if run.child.returncode != 0:
        raise Unavailable(f"{row.title}: {said.strip()[-300:]}")
    return json.load(run.file)


def measure(group: Group, servers: list, rounds: int, seconds: float, real_time: int | None = None) -> dict:
    """{row title: {server name: {figure: Measured}}}, and what could not be measured under "left out".

    In every round each server has its turn, so that whatever else the machine does meets all of them alike. Each run
    has a server of its own, which has served nobody before.
    """
    taking_part = [server for server in servers
                   if group.what in server.serves
                   and (server.name in group.only if group.only else server.workers == 1)]
    samples = collections.defaultdict(lambda: collections.defaultdict(list))
    left_out = {}
    for turn in range(rounds):
        for row in group.rows:
            for server in rotated(taking_part, turn):
                if server.name in left_out:
                    continue
                say(f"{group.title}: {row.title}, {server.name}, round {turn + 1} of {rounds}")
                try:
                    with Running(server, group.what, real_time) as running:
                        samples[row.title][server.name].append(load(running, row, seconds, real_time))
                except Unavailable as why:
                    left_out[server.name] = f"{server.name}: {why}"
    say("")
    order = [server.name for server in taking_part]
    return {"rows": {title: {name: medians(by_server[name], by_server.get(group.base))
                             for name in order if by_server.get(name)}
                     for title, by_server in samples.items()},
            "left out": left_out}


def rotated(servers: list, turn: int) -> list:
    return servers[turn % len(servers):] + servers[:turn % len(servers)] if servers else []


class Measured(NamedTuple):
    value: float  # the median of the rounds
    times: float | None = None  # the base's: the median of each round's own, in which both met the same machine


def medians(results: list, base: list | None = None) -> dict:
    """Of each figure that the results have, and of how many times the base's it was."""
    figures = {}
    for name, of in FIGURES.items():
        try:
            values = [of(result) for result in results]
        except KeyError:
            continue  # this load has no such figure
        of_base = [of(result) for result in base or []]
        times = [value / other for value, other in zip(values, of_base) if other > 0]
        figures[name] = Measured(statistics.median(values), statistics.median(times) if times else None)
    return figures


def say(line: str):
    """A line of progress that is written over and over."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
