"""What a publication costs one Redis: through a node of sentix, and from redis-benchmark with the same commands.

A node and a load publish to channels that keep a history. Then redis-benchmark repeats a command of theirs, with as
many publications in it as the node's had on average, pipelined. What counts is the processor time of Redis for each
publication, which says how many one Redis can carry: rates would be those of a machine that everybody shares. Both take
turns, and the median of the rounds is told.
"""

import argparse
import re
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time

from processes import Node, Redis, load, output_of, result_of

PIPELINED = 64  # commands of redis-benchmark that are under way at a time
OF_CHANNEL, OF_PUBLICATION = 14, 3  # KEYS and ARGV of the script (core/redis/redis_scripts.h)
# Connections, each with a channel of its own, and publications of each that are under way at a time.
ROWS = ((1, 256), (100, 16), (1000, 1))
QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')


def publish(node, connections, in_flight, seconds):
    return result_of(*load("publish", node), "--connections", connections, "--in-flight", in_flight, "--bytes", 64,
                     "--warmup", "0ms", "--duration", f"{round(seconds * 1000)}ms")


def a_publish_command(redis, node):
    """The words of a command by which a node has published one message, as MONITOR shows it."""
    with socket.create_connection(("127.0.0.1", redis.port)) as monitor:
        monitor.sendall(b"MONITOR\r\n")
        seen = bytearray()
        found = threading.Event()

        def watch():
            while not found.is_set() and (some := monitor.recv(65536)):
                seen.extend(some)

        watcher = threading.Thread(target=watch)
        watcher.start()
        publish(node, 1, 1, 0.1)
        found.set()
        redis.ask("PING")  # which wakes the watcher once more
        watcher.join()
    for line in bytes(seen).split(b"\r\n"):
        words = [word.decode("unicode_escape") for word in QUOTED.findall(line)]
        if words[:1] == ["EVALSHA"] and len(words) == 3 + OF_CHANNEL + OF_PUBLICATION:
            return words
    raise RuntimeError("MONITOR has shown no publication")


def by_node(redis, node, connections, in_flight, seconds):
    scripts, cpu = redis.scripts(), redis.cpu_seconds()
    sent = publish(node, connections, in_flight, seconds)["sent"]
    return (redis.cpu_seconds() - cpu) * 1e6 / sent, max(1, sent / (redis.scripts() - scripts))


def by_benchmark(redis, words, batch, seconds):
    """`words`, but with as many publications as `batch`: once to see how often the time suffices for, then for good."""
    words = words[:-OF_PUBLICATION] + words[-OF_PUBLICATION:] * batch
    count = 1000
    for _ in range(2):
        cpu, begin = redis.cpu_seconds(), time.monotonic()
        output_of("redis-benchmark", "-p", redis.port, "-c", 1, "-P", PIPELINED, "-n", count, "--csv", *words)
        us = (redis.cpu_seconds() - cpu) * 1e6 / (count * batch)
        count = max(1000, round(count * seconds / (time.monotonic() - begin)))
    return us


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured [5]")
    parser.add_argument("--seconds", type=float, default=2, help="how long each time [2]")
    given = parser.parse_args()
    if not shutil.which("redis-benchmark") or not shutil.which("redis-server"):
        print("skipped: there is no redis-server and redis-benchmark on this machine")
        return 0
    print("| publications of 64 B | in one script | µs of Redis each | redis-benchmark's | times as many a second |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="sentix-bench-") as folder, Redis() as redis, Node(redis, folder) as node:
        words = a_publish_command(redis, node)
        for connections, in_flight in ROWS:
            rounds = []
            for _ in range(given.rounds):
                ours, batch = by_node(redis, node, connections, in_flight, given.seconds)
                rounds.append((batch, ours, by_benchmark(redis, words, round(batch), given.seconds)))
            batch, ours, theirs = (statistics.median(one) for one in zip(*rounds))
            times = statistics.median(theirs / ours for _, ours, theirs in rounds)
            channels = "1 channel" if connections == 1 else f"{connections:,} channels"
            figures = f"{batch:.1f} | {ours:.2f} | {theirs:.2f} | {times:.2f}"
            print(f"| {channels}, {in_flight} in flight in each | {figures} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
