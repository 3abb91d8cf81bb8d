"""C++ clients of other libraries: Boost.Beast and libwebsockets."""

import pathlib
import subprocess
import tempfile
import unittest

from support.eventually import DEADLINE
from support.server import Server

HERE = pathlib.Path(__file__).resolve().parent
COMPILER = ["c++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


class CppClients(unittest.TestCase):
    def check(self, name, *libraries):
        with tempfile.TemporaryDirectory(prefix="sentix-interop-") as folder:
            client = pathlib.Path(folder) / name
            subprocess.run([*COMPILER, HERE / f"{name}.cpp", "-o", client, *libraries], check=True)
            for compression in ("plain", "deflate"):
                with self.subTest(compression), Server(command="echo") as server:
                    run = subprocess.run([client, str(server.port), compression], capture_output=True, check=False,
                                         timeout=DEADLINE)
                    self.assertEqual((run.returncode, run.stderr), (0, b""))

    def test_beast(self):
        self.check("beast_client", "-pthread")

    def test_libwebsockets(self):
        self.check("libwebsockets_client", "-lwebsockets")


if __name__ == "__main__":
    unittest.main()
