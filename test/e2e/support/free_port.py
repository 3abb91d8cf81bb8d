"""A port for a program that cannot choose a free one by itself and tell it."""

import random
import socket

_PORTS = range(10_000, 32_768)  # below those that Linux gives to whoever connects, which come and go
_random = random.SystemRandom()  # other for each of several processes


def free_port():
    """One that was free a moment ago on 127.0.0.1."""
    while True:
        port = _random.choice(_PORTS)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            pass  # somebody else's
