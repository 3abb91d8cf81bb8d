"""Runs seeded schedules of faults against three nodes on one Redis, and checks what their clients were told.

    make jepsen                              200 schedules, some at a time, from a seed that is printed
    make jepsen SCHEDULES=20 SEED=7          20 of them, from this one
    make jepsen SCHEDULES=1 SEED=31          the one that has failed, again
    make jepsen SENTINELS=1                  a master that is killed is followed by its replica
    make jepsen SYNCED=1                     likewise, and nothing that was confirmed may be lost
    make jepsen CLUSTER=1                    masters die, or the channel moves from one to another
"""

import argparse
import asyncio
import concurrent.futures
import functools
import json
import random
import sys
import time

import websockets

from checker import check
from clients import Publisher, Subscriber
from cluster import CHANNEL, Cluster
from schedule import Schedule
from support.eventually import DEADLINE
from support.redis_server import has_redis

PUBLISHERS = 3
SUBSCRIBERS = 5


async def read_stream(cluster):
    """The position and the data by offset of all that is in the history, as soon as a node can tell it."""
    end = time.monotonic() + DEADLINE
    while True:
        try:
            async with websockets.connect(cluster.urls()[0], max_size=None) as socket:
                await socket.recv()
                command = {"type": "history", "id": 1, "channel": CHANNEL, "limit": 1_000_000}
                await socket.send(json.dumps(command))
                reply = json.loads(await asyncio.wait_for(socket.recv(), DEADLINE))
                if reply["type"] == "history":
                    messages = {message["offset"]: message["data"] for message in reply["messages"]}
                    return (reply["epoch"], reply["offset"]), messages
        except (OSError, websockets.WebSocketException):
            pass
        if time.monotonic() > end:
            raise AssertionError("no node tells the history")
        await asyncio.sleep(0.1)


async def read_end(cluster, subscribers):
    """The same, when all subscribers are there, or never come: the checker says who is not."""
    end = time.monotonic() + DEADLINE
    while True:
        top, history = await read_stream(cluster)
        if all(client.position == top for client in subscribers) or time.monotonic() > end:
            return top, history
        await asyncio.sleep(0.2)


async def run_schedule(seed, kind="redis"):
    """Returns what to say of it, and the problems. `kind` is what Cluster has."""
    schedule = Schedule(seed, kind)
    with Cluster(kind, schedule.lossy) as cluster:
        publishers = [
            Publisher(cluster, random.Random(f"{seed} p{i}"), f"p{i}", keys=i % 2 == 0) for i in range(PUBLISHERS)
        ]
        subscribers = [Subscriber(cluster, random.Random(f"{seed} s{i}"), f"s{i}") for i in range(SUBSCRIBERS)]
        publishing = [asyncio.create_task(client.run()) for client in publishers]
        listening = [asyncio.create_task(client.run()) for client in subscribers]
        try:
            await schedule.run(cluster)
            for client in publishers:
                client.done = True
            await asyncio.gather(*publishing)
            if kind != "redis":
                await asyncio.to_thread(cluster.redis.settle)
            top, history = await read_end(cluster, subscribers)
        finally:
            for client in publishers + subscribers:
                client.done = True
            for task in listening:
                task.cancel()
        for ended in await asyncio.gather(*listening, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
    problems = check(publishers, subscribers, top, history, schedule.lossy, kind == "synced")
    heard = sum(event[0] == "message" for client in subscribers for event in client.record)
    confirmed = sum(len(client.confirmed) for client in publishers)
    gaps = sum(event[0] == "gap" for client in subscribers for event in client.record)
    return f"{confirmed} confirmed, {heard} heard, {gaps} gaps told ({schedule})", problems


def run_seed(kind, seed):
    """Returns the line of one schedule, and the problems."""
    try:
        summary, problems = asyncio.run(run_schedule(seed, kind))
    except AssertionError as error:  # what should come to be and does not
        summary, problems = "it does not end", [str(error)]
    return f"seed {seed}: {'FAILED' if problems else 'ok'}: {summary}", problems


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--schedules", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=None)
    arguments.add_argument("--jobs", type=int, default=1, help="schedules at a time; they mostly wait")
    arguments.add_argument("--sentinels", action="store_true", help="the Redis has a replica, and Sentinels watch it")
    arguments.add_argument("--synced", action="store_true", help="and the channel's durability is synced")
    arguments.add_argument("--cluster", action="store_true", help="it is a Redis Cluster of three masters")
    given = arguments.parse_args()
    kind = next((kind for kind in ("cluster", "synced", "sentinels") if getattr(given, kind)), "redis")
    if not has_redis():
        print("skipped: there is no redis-server on this machine")
        return 0
    first = random.randrange(1_000_000) if given.seed is None else given.seed
    seeds = range(first, first + given.schedules)
    failed = []
    with concurrent.futures.ProcessPoolExecutor(given.jobs) as pool:
        for seed, (line, problems) in zip(seeds, pool.map(functools.partial(run_seed, kind), seeds)):
            print("\n  ".join([line, *problems[:20]]), flush=True)
            if problems:
                failed.append(seed)
    wrong = f"; not {failed}" if failed else ""
    print(f"{given.schedules - len(failed)} of {given.schedules} schedules are right{wrong}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
