"""The admin listener of a Server, asked by Python's own HTTP client."""

import contextlib
import http.client
import json
import re
import unittest
from typing import NamedTuple

from support.eventually import DEADLINE, eventually
from support.raw_client import RawClient
from support.server import Server

_PORT = re.compile(r"admin listener on (?:\S+):(\d+)")


class Answer(NamedTuple):
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Admin:
    """Asks the admin listener at 127.0.0.1:`port`, on a new connection each time."""

    def __init__(self, port):
        self.port = port

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, fields, response.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path, body, headers=None):
        """`body` is text as it is, or an object."""
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.ask("POST", path, text, {"Content-Type": "application/json", **(headers or {})})

    def publish(self, channel, data):
        answer = self.post("/api/publish", {"channel": channel, "data": data})
        assert answer.status == 200, answer
        return answer.json

    def metrics(self):
        """Every sample by its name and labels, as they are written."""
        answer = self.get("/metrics")
        assert answer.status == 200, answer
        lines = (line for line in answer.body.decode().splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def metric(self, name):
        return self.metrics()[name]

    def eventually_metric(self, name, value):
        eventually(lambda: self.metric(name) == value, lambda: f"{name} is {self.metric(name)}, not {value}")


class AdminServer(Server):
    """A Server with an admin listener on a free port, `admin`."""

    def __init__(self, *flags, address="127.0.0.1:0", **options):
        super().__init__("--admin", address, *flags, **options)
        self.admin = Admin(int(eventually(lambda: _PORT.search(self.log()), self.log)[1]))


class AdminTest(unittest.TestCase):
    """A server by the class's CONFIG, what is asked of its admin listener, and clients that end with the test."""

    CONFIG = ""

    def setUp(self):
        self.server = self.enterContext(AdminServer(config=self.CONFIG))
        self.admin = self.server.admin
        self.clients = self.enterContext(contextlib.ExitStack())

    def enter(self, *channels, **headers):
        client = self.clients.enter_context(RawClient(self.server))
        welcome = client.enter(**headers)
        for channel in channels:
            client.command(type="subscribe", id=1, channel=channel)
            client.expect("subscribed")
        return client, welcome["connection"]
