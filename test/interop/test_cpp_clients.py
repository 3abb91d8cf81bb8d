"""C++ clients of other libraries, Boost.Beast and libwebsockets: directly, and through the proxies."""

import pathlib
import subprocess
import tempfile
import unittest

from support.eventually import DEADLINE
from support.server import Server

from proxy import ROUTES

HERE = pathlib.Path(__file__).resolve().parent
COMPILER = ["c++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


class CppClients(unittest.TestCase):
    def check(self, name, *libraries):
        with tempfile.TemporaryDirectory(prefix="sentix-interop-") as folder:
            client = pathlib.Path(folder) / name
            subprocess.run([*COMPILER, HERE / f"{name}.cpp", "-o", client, *libraries], check=True)
            for route, way in ROUTES.items():
                with Server(command="echo") as server, way(server) as front:
                    for compression in ("plain", "deflate"):
                        with self.subTest(compression, route=route):
                            self.run_client(client, str(front.port), compression)

    def run_client(self, *arguments):
        run = subprocess.run(arguments, capture_output=True, check=False, timeout=DEADLINE)
        self.assertEqual((run.returncode, run.stderr), (0, b""))

    def test_beast(self):
        self.check("beast_client", "-pthread")

    def test_libwebsockets(self):
        self.check("libwebsockets_client", "-lwebsockets")


if __name__ == "__main__":
    unittest.main()
