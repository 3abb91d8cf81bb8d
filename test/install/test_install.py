"""An application outside of the tree is compiled and linked against an installed sentix, and serves a chat."""

import asyncio
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

import websockets

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SENTIX_BUILD", ROOT / "build"))
SOURCE = ROOT / "test/install"
STRICT = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
COMPILERS = [name for name in ("g++", "clang++") if shutil.which(name)]


def run(*command, **keywords) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **keywords)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


async def receive(client, wanted: str) -> dict:
    """The next message of that type; others, such as the greeting of a newcomer, may come before it."""
    while True:
        message = json.loads(await asyncio.wait_for(client.recv(), 10))
        if message["type"] == wanted:
            return message


async def chat(url: str) -> None:
    async with websockets.connect(url) as ann, websockets.connect(url) as bob:
        for client in (ann, bob):
            assert (await receive(client, "welcome"))["protocol"] == 1
            await client.send('{"type":"authenticate","id":1,"credentials":{"token":"user_access_token"}}')
            await receive(client, "authenticated")
            await client.send('{"type":"subscribe","id":2,"channel":"general"}')
            await receive(client, "subscribed")
        # The handler drops the first; so what Bob sees first of the two is the second.
        await ann.send('{"type":"publish","id":3,"channel":"general","data":"spam"}')
        await ann.send('{"type":"publish","id":4,"channel":"general","data":{"text":"hello"}}')
        while (message := await receive(bob, "message"))["data"] == "A new user joined!":
            pass
        assert message["data"] == {"text": "hello"}, message


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="sentix-install-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.work = pathlib.Path(cls.folder.name)
        run("cmake", "--install", BUILD, "--prefix", cls.work / "first")
        # Both packages find their files relative to themselves.
        cls.prefix = (cls.work / "first").rename(cls.work / "moved")

    def serve(self, binary: pathlib.Path) -> None:
        """The binary serves a chat, and ends with 0 at SIGTERM."""
        with subprocess.Popen([binary, "0"], stdout=subprocess.PIPE, text=True) as server:
            try:
                line = server.stdout.readline()
                self.assertRegex(line, r"^chat on ws://127\.0\.0\.1:\d+$")
                asyncio.run(chat(line.split()[-1]))
                server.send_signal(signal.SIGTERM)
                self.assertEqual(server.wait(20), 0)
            finally:
                server.kill()

    def test_with_cmake(self):
        for compiler in COMPILERS:
            with self.subTest(compiler=compiler):
                build = self.work / f"cmake-{compiler}"
                run("cmake", "-S", SOURCE, "-B", build, f"-DCMAKE_CXX_COMPILER={compiler}",
                    f"-DCMAKE_PREFIX_PATH={self.prefix}")
                run("cmake", "--build", build)
                self.serve(build / "chat_server")

    def test_with_pkg_config(self):
        (packages,) = self.prefix.glob("lib*/**/pkgconfig")
        environment = {**os.environ, "PKG_CONFIG_PATH": str(packages)}
        flags = run("pkg-config", "--cflags", "--libs", "sentix", env=environment).split()
        for compiler in COMPILERS:
            with self.subTest(compiler=compiler):
                binary = self.work / f"pkg-config-{compiler}"
                run(compiler, *STRICT, SOURCE / "chat_server.cpp", "-o", binary, *flags)
                self.serve(binary)

    def test_every_public_header_stands_alone(self):
        headers = sorted((self.prefix / "include/sentix").glob("*.h"))
        self.assertTrue(headers)
        for header in headers:
            for compiler in COMPILERS:
                with self.subTest(header=header.name, compiler=compiler):
                    run(compiler, *STRICT, "-fsyntax-only", "-I", self.prefix / "include", "-x", "c++", "-",
                        input=f"#include <sentix/{header.name}>\n")

    def test_the_binary_is_installed(self):
        self.assertIn("0.1.0", run(self.prefix / "bin/sentix", "--version"))


if __name__ == "__main__":
    unittest.main()
