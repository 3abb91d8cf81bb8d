"""The servers that take part, as child processes on processors of their own."""

import json
import os
import pathlib
import re
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SENTIX_BUILD", ROOT / "build"))
CPUS = sorted(os.sched_getaffinity(0))
FIRST_CPU, LAST_CPU = CPUS[0], CPUS[-1]
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def on(cpu):
    return lambda: os.sched_setaffinity(0, {cpu})


def output_of(*command):
    """What a command prints that runs on LAST_CPU to its end."""
    words = list(map(str, command))
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, preexec_fn=on(LAST_CPU)).stdout


def load(scenario, node, *more):
    """The command line of sentix-load, which prints its result as JSON."""
    return (BUILD / "sentix-load", scenario, f"ws://127.0.0.1:{node.port}/", "--quiet", "--json", "-", *more)


def result_of(*command):
    return json.loads(output_of(*command))


class Process:
    """For a `with` statement. It listens on `port` when this returns."""

    def __init__(self, *command, cpu, port):
        self.port = port
        self._child = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, preexec_fn=on(cpu))
        end = time.monotonic() + 10
        while time.monotonic() < end and self._child.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        self.__exit__()
        raise RuntimeError(f"{command[0]} does not listen on {port}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.terminate()
        self._child.wait()

    def wait_for_clients(self, count):
        end = time.monotonic() + 30
        while len(os.listdir(f"/proc/{self._child.pid}/fd")) < count and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.5)  # until they have subscribed

    def cpu_seconds(self):
        with open(f"/proc/{self._child.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


class Redis(Process):
    def __init__(self):
        port = free_port()
        super().__init__("redis-server", "--port", port, "--save", "", "--appendonly", "no", cpu=FIRST_CPU, port=port)
        self.url = f"redis://127.0.0.1:{port}"

    def ask(self, *words):
        return output_of("redis-cli", "-p", self.port, *words)

    def scripts(self):
        """How many it has run."""
        found = re.search(r"cmdstat_evalsha:calls=(\d+)", self.ask("INFO", "commandstats"))
        return int(found.group(1)) if found else 0


class Node(Process):
    """One worker of sentix on a Redis. The channels that sentix-load takes by itself keep a history."""

    CONFIG = 'admin = "off"\nworkers = 1\n[channels."load*"]\npersistent = true\nhistory_size = 100\n'

    def __init__(self, redis, folder, cpu=LAST_CPU):
        config = pathlib.Path(folder) / "sentix.toml"
        config.write_text(self.CONFIG, encoding="utf-8")
        port = free_port()
        super().__init__(BUILD / "sentix", "serve", "--config", config, "--port", port, "--redis", redis.url, cpu=cpu,
                         port=port)
