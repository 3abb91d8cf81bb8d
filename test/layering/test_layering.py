"""A layer cannot include a layer to its right: protocol <- auth <- channels <- core.

Each probe is one #include, compiled with the very command that the build uses for a source of that layer. That the
allowed ones compile shows that the others fail for the right reason.
"""

import json
import os
import pathlib
import shlex
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SENTIX_BUILD", ROOT / "build"))
LAYERS = ("protocol", "auth", "channels", "core")


def command_of(layer: str) -> list[str]:
    """The compiler and flags of one source of the layer, without the file, its output and a launcher such as ccache."""
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        if pathlib.Path(entry["file"]).is_relative_to(ROOT / layer):
            words = shlex.split(entry["command"])
            while pathlib.Path(words[0]).name == "ccache":
                words.pop(0)
            return words[: words.index("-o")]
    raise AssertionError(f"the build compiles nothing of {layer}")


def a_header_of(layer: str) -> str:
    return min((ROOT / layer).glob("*.h")).relative_to(ROOT).as_posix()


def compile_probe(layer: str, header: str) -> subprocess.CompletedProcess:
    # On standard input, so that no include can be found beside the probe.
    return subprocess.run(
        [*command_of(layer), "-fsyntax-only", "-x", "c++", "-"],
        cwd=BUILD,
        input=f'#include "{header}"\n',
        capture_output=True,
        text=True,
        check=False,
    )


class LayeringTest(unittest.TestCase):
    def test_each_layer_sees_itself_and_what_is_to_its_left(self):
        for right, layer in enumerate(LAYERS):
            for seen in LAYERS[: right + 1]:
                with self.subTest(layer=layer, includes=seen):
                    done = compile_probe(layer, a_header_of(seen))
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_no_layer_sees_what_is_to_its_right(self):
        for right, layer in enumerate(LAYERS):
            for unseen in (*LAYERS[right + 1 :], "test/support"):
                with self.subTest(layer=layer, includes=unseen):
                    header = a_header_of(unseen)
                    done = compile_probe(layer, header)
                    self.assertNotEqual(done.returncode, 0)
                    self.assertRegex(done.stderr, f"{header}.*(No such file|file not found)")


if __name__ == "__main__":
    unittest.main()
