"""What is measured: a group is a table of the report, a row of it one load."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    """`load` are arguments of sentix-load. `path` is what a plain server wants in the URL. `beside` is another load,
    which the server has at the same time; then what counts is how the first one fares."""

    title: str
    load: tuple
    path: str = "/"
    beside: tuple = ()


@dataclasses.dataclass(frozen=True)
class Group:
    """`figures` are the names of what counts, see FIGURES in measure.py; `base` is whose figure is 1."""

    name: str
    title: str
    what: str  # of what servers serve
    figures: tuple
    base: str
    rows: tuple
    only: tuple = ()  # these servers, if any are named


def _echo(connections: int, size: str, in_flight: int) -> Row:
    kind = "connection" if connections == 1 else "connections"
    return Row(f"{connections} {kind}, {size}, {in_flight} in flight",
               ("echo", "--connections", connections, "--bytes", size.replace(" ", ""), "--in-flight", in_flight))


def _fanout(rooms: int, subscribers: int, in_flight: int, *more) -> Row:
    who = f"1 to {subscribers}" if rooms == 1 else f"{rooms} rooms of {subscribers}"
    return Row(f"{who}, 64 B, {in_flight} in flight",
               ("fanout", "--rooms", rooms, "--subscribers", subscribers, "--bytes", 64, "--in-flight", in_flight,
                *more), "/{room}")


# Groups that name no servers are for all but those with two workers.
ECHO = Group("echo", "Echo", "echo", ("server_us",), "floor", (
    _echo(100, "20 B", 1),
    _echo(100, "20 B", 16),
    _echo(100, "1 KiB", 16),
    _echo(100, "16 KiB", 1),
    _echo(10, "1 MiB", 1),
))

FANOUT = Group("fanout", "Fan-out", "fanout", ("server_us",), "sentix", (
    _fanout(1, 1000, 1),
    _fanout(1, 1000, 16),
    _fanout(20, 50, 1),
))

CONNECT = Group("connect", "Connect storm", "connect", ("server_us",), "sentix", (
    Row("connect, shake hands, close; 100 at a time", ("connect", "--connections", 100)),
))

IDLE = Group("idle", "Idle connections", "idle", ("connection_bytes",), "sentix", (
    Row("resident bytes a connection, 1,000 to 18,000", ("idle", "--connections", 18000)),
))

SUBSCRIBED = Group("subscribed", "Idle subscribers of one channel", "subscribed", ("connection_bytes",), "sentix", (
    Row("resident bytes a connection, 1,000 to 18,000", ("idle", "--connections", 18000, "--subscribe")),
))

WORKERS = Group("workers", "Two workers", "echo", ("server_us",), "sentix", (
    _echo(200, "20 B", 1),
    _echo(200, "20 B", 16),
), only=("floor", "floor, 2 threads", "sentix", "sentix, 2 workers"))

WORKERS_FANOUT = Group("workers_fanout", "Two workers, fan-out", "fanout", ("server_us",), "sentix", (
    _fanout(1, 1000, 1),
    _fanout(1, 1000, 16),
), only=("sentix", "sentix, 2 workers"))

# About half of what one processor of the machine in README.md can do.
TAIL = Group("tail", "Latency at half of capacity", "echo", ("p50_us", "p99_us", "p99.9_us"), "floor", (
    Row("100 connections, 20 B, 50,000 a second", ("echo", "--connections", 100, "--bytes", 20, "--rate", 50_000)),
    Row("100 connections, 1 KiB, 50,000 a second", ("echo", "--connections", 100, "--bytes", 1024, "--rate", 50_000)),
), only=("floor", "sentix"))

_ECHO_BYSTANDER = ("echo", "--connections", 20, "--bytes", 20, "--rate", 2000)
_PUBLISH_BYSTANDER = ("publish", "--connections", 20, "--bytes", 20, "--rate", 2000)

BESIDE_ECHO = Group("beside_echo", "Latency beside heavy clients", "echo", ("p50_us", "p99_us"), "floor", (
    Row("echo, alone", _ECHO_BYSTANDER),
    Row("echo, beside one that echoes 64 MiB over and over", _ECHO_BYSTANDER,
        beside=("echo", "--connections", 1, "--bytes", "64MiB")),
), only=("floor", "sentix"))

BESIDE_HANDSHAKES = Group("beside_handshakes", "Latency beside newcomers", "echo", ("p50_us", "p99_us"), "sentix", (
    Row("echo, beside 5,000 handshakes a second", _ECHO_BYSTANDER,
        beside=("connect", "--connections", 500, "--rate", 5000)),
), only=("sentix",))

BESIDE_CHANNELS = Group("beside_channels", "Latency beside publishers", "fanout", ("p50_us", "p99_us"), "sentix", (
    Row("publish, alone", _PUBLISH_BYSTANDER),
    Row("publish, beside publications of 256 KiB over and over", _PUBLISH_BYSTANDER,
        beside=("publish", "--connections", 1, "--bytes", "256KiB")),
    Row("publish, beside a publisher to 1,000 with 10,000 in flight", _PUBLISH_BYSTANDER,
        beside=("fanout", "--subscribers", 1000, "--bytes", 64, "--in-flight", 10_000)),
    Row("publish, beside 2 publications a second to 10,000 subscribers", _PUBLISH_BYSTANDER,
        beside=("fanout", "--subscribers", 10_000, "--bytes", 64, "--rate", 2)),
), only=("sentix",))

GROUPS = (ECHO, FANOUT, CONNECT, IDLE, SUBSCRIBED, WORKERS, WORKERS_FANOUT, TAIL, BESIDE_ECHO,
          BESIDE_HANDSHAKES, BESIDE_CHANNELS)
