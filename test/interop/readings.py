"""Prints what sentix, nginx and HAProxy each do with the hostile requests, as the table in README.md:

    PYTHONPATH=test/e2e python3 test/interop/readings.py
"""

from support.server import Server

from hostile_requests import HOSTILE
from proxy import Haproxy, Nginx
from tap import Tap
from test_smuggling import converse, status_of


def reading(proxy, tap, data):
    """The status that the proxy refuses it with, or "→" and the status of sentix for what the proxy forwarded."""
    own = status_of(converse(proxy, data))
    forwarded = tap.take()
    return f"→ {status_of(forwarded[0].answered)}" if forwarded else f"{own}"


def main():
    rows = {}
    with Server("--page", "chat") as server, Tap(server) as tap, Nginx(tap) as nginx, Haproxy(tap) as haproxy:
        for name, (_, data) in HOSTILE.items():
            readings = (f"{status_of(converse(server, data))}", reading(nginx, tap, data), reading(haproxy, tap, data))
            rows.setdefault(readings, []).append(name)
    print("| sentix | nginx | HAProxy | what |\n|---|---|---|---|")
    for readings, names in sorted(rows.items(), key=lambda row: -len(row[1])):
        print("| " + " | ".join([*readings, "; ".join(names)]) + " |")


if __name__ == "__main__":
    main()
