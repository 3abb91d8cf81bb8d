"""What a delivery costs with three nodes, beside one: subscribers of one channel, as many on each node.

All is published through the first node, and reaches the others by Redis. With three nodes there are three times as many
subscribers; were a delivery to cost no more, three nodes would deliver three times as much. The processor time of all
nodes is counted together. Both take turns, and the median of the rounds is told.
"""

import argparse
import contextlib
import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from processes import FIRST_CPU, LAST_CPU, Node, Redis, load, on, result_of

SUBSCRIBERS = 300  # on each node
CHANNEL = ("--channel", "stream")  # which keeps no history
NODES = (1, 3)
IN_FLIGHT = (1, 16)


@contextlib.contextmanager
def subscribed(node):
    """Others who listen at a node, until this is over; gives a list, into which goes how much they have got."""
    command = [*load("idle", node), "--subscribe", *CHANNEL, "--connections", SUBSCRIBERS, "--warmup", "0ms",
               "--duration", "1h"]
    got = []
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True, preexec_fn=on(LAST_CPU)) as child:
        node.wait_for_clients(SUBSCRIBERS)
        yield got
        time.sleep(0.5)  # for what is under way
        child.send_signal(signal.SIGINT)
        got.append(json.load(child.stdout)["received"])


def us_a_delivery(count, in_flight, seconds):
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sentix-bench-"))
        redis = stack.enter_context(Redis())
        nodes = [stack.enter_context(Node(redis, folder, FIRST_CPU)) for _ in range(count)]
        others = [stack.enter_context(subscribed(node)) for node in nodes[1:]]
        cpu = sum(node.cpu_seconds() for node in nodes)
        heard = result_of(*load("fanout", nodes[0]), *CHANNEL, "--subscribers", SUBSCRIBERS, "--bytes", 64,
                          "--in-flight", in_flight, "--warmup", "0ms", "--duration", f"{seconds}s")["received"]
        cpu = sum(node.cpu_seconds() for node in nodes) - cpu
    return cpu * 1e6 / (heard + sum(got[0] for got in others))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured [5]")
    parser.add_argument("--seconds", type=int, default=2, help="how long each time [2]")
    given = parser.parse_args()
    if not shutil.which("redis-server"):
        print("skipped: there is no redis-server on this machine")
        return 0
    print("| deliveries of 64 B | µs of one node each | of three nodes | as much as so many nodes |\n|---|---|---|---|")
    for in_flight in IN_FLIGHT:
        rounds = [[us_a_delivery(count, in_flight, given.seconds) for count in NODES] for _ in range(given.rounds)]
        one, three = (statistics.median(figures) for figures in zip(*rounds))
        times = statistics.median(NODES[1] * one / three for one, three in rounds)
        print(f"| {in_flight} in flight, {SUBSCRIBERS} subscribers a node | {one:.3f} | {three:.3f} | {times:.2f} |",
              flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
