"""sentix and other servers under the same loads, in turn: medians and ratios.

Each load is run by build/sentix-load from the second processor against one thread of a server on the first; what
counts is the server's processor time per message, or its memory per connection. Servers take turns, and the median of
the rounds is told.
"""

import argparse
import dataclasses
import json
import pathlib
import signal
import sys

import measure
import report
import scenarios
import servers


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    groups = [group.name for group in scenarios.GROUPS]
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"some of {', '.join(groups)}; all without any")
    parser.add_argument("--rows", default="", metavar="TEXT", help="only rows in whose title TEXT stands")
    parser.add_argument("--rounds", type=int, default=5, help="how often each server is measured [5]")
    parser.add_argument("--seconds", type=float, default=1, help="how long each time [1]")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only these servers")
    parser.add_argument("--server", action="append", default=[], metavar="NAME=COMMAND",
                        help="another one: COMMAND with {port} in it, and {what} if it can do more than echo")
    parser.add_argument("--real-time", action="store_true",
                        help="servers and load have their processors before all else that runs here: for a machine "
                        "that others use too; needs root, and kernel.sched_rt_runtime_us = -1")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="also write the figures")
    parser.add_argument("--plots", type=pathlib.Path, metavar="FOLDER", help="also draw a picture of each group")
    parsed = parser.parse_args()
    for name in parsed.groups:
        if name not in groups:
            parser.error(f"there is no group {name}; there are {', '.join(groups)}")
    return parsed


def main() -> int:
    given = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # past the `with` that ends a server
    everybody = servers.all_servers(given.server)
    if given.only:
        everybody = [server for server in everybody if server.name in given.only]
    figures = {}
    for group in scenarios.GROUPS:
        if given.groups and group.name not in given.groups:
            continue
        group = dataclasses.replace(group, rows=tuple(row for row in group.rows if given.rows in row.title))
        real_time = measure.PRIORITY if given.real_time else None
        result = measure.measure(group, everybody, given.rounds, given.seconds, real_time)
        figures[group.name] = result
        print(f"\n### {group.title}\n\n{report.table(group, result)}", flush=True)
        if given.plots:
            given.plots.mkdir(parents=True, exist_ok=True)
            (given.plots / f"{group.name}.svg").write_text(report.picture(group, result))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
