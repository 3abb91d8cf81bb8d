"""tools/guide/ and the README: every block of them is run."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from notebook import Notebook, file_of
from support.server import sanitizers
from transcript import blocks

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SENTIX_BUILD", ROOT / "build"))
PAGES = sorted((ROOT / "tools/guide").glob("*.md"))
README = (ROOT / "README.md").read_text(encoding="utf-8")

# Blocks of the README that are not run here, and why.
NOT_RUN = {"make run": "builds what is tested here, and runs all tests"}


def play(test, document, **variables):
    with Notebook(document, **variables) as notebook:
        notebook.run()
        test.assertTrue(notebook.ran or not re.search(r"(?m)^```sh", document), "nothing was run")
        for reason in notebook.left_out:
            print(f"left out: {test.id()}: {reason}")


class Guide(unittest.TestCase):
    def test_every_page_does_what_it_says(self):
        self.assertGreater(len(PAGES), 6)
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            if not _wants_library(text):
                with self.subTest(page=page.name):
                    play(self, text)

    @unittest.skipIf(sanitizers() or "LLVM_PROFILE_FILE" in os.environ, "the library wants its own flags then")
    def test_the_library_is_used_as_it_says(self):
        with tempfile.TemporaryDirectory(prefix="sentix-prefix-") as prefix:
            subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
            (package,) = pathlib.Path(prefix).rglob("sentix.pc")
            where = {"PKG_CONFIG_PATH": str(package.parent), "CMAKE_PREFIX_PATH": prefix}
            texts = [page.read_text(encoding="utf-8") for page in PAGES]
            (text,) = filter(_wants_library, texts)
            play(self, text, **where)

    def test_every_block_is_run_or_a_file_or_what_a_script_prints(self):
        for page in PAGES:
            found = blocks(page.read_text(encoding="utf-8"))
            for before, block in zip([None, *found], found):
                kind = block.info.split()[0] if block.info else ""
                printed = kind == "text" and before and before.info.startswith("sh")
                self.assertTrue(kind == "sh" or printed or file_of(block), f"{page.name}, line {block.line}")

    def test_every_page_is_listed(self):
        index = (ROOT / "tools/guide/README.md").read_text(encoding="utf-8")
        for page in PAGES:
            if page.name != "README.md":
                self.assertIn(f"]({page.name})", index)

    def test_links_lead_somewhere(self):
        for page in PAGES:
            prose = re.sub(r"(?ms)^```.*?^```$", "", page.read_text(encoding="utf-8"))
            for link in re.findall(r"\]\((?!https?:)([^)#]+)", prose):
                self.assertTrue((page.parent / link).exists(), f"{page.name}: {link}")


class Readme(unittest.TestCase):
    def test_its_commands(self):
        """What asks a server is run beside one, as the README says how to start it."""
        scripts = [block for block in blocks(README) if block.info == "sh" and not _is_left_out(block)]
        self.assertGreater(len(scripts), 0)
        server = "```sh server\nsentix serve\n```\n"
        play(self, server + "".join(f"```sh\n{block.text}```\n" for block in scripts))

    def test_its_program_compiles(self):
        (program,) = [block for block in blocks(README) if block.info == "cpp"]
        include = ROOT / "core/public"
        done = subprocess.run(["c++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", f"-I{include}",
                               "-x", "c++", "-"], input=program.text, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_every_block_is_one_of_these(self):
        for block in blocks(README):
            self.assertTrue(block.info in ("sh", "cpp") or _is_left_out(block), f"line {block.line}")


def _wants_library(text):
    return "pkg-config --cflags --libs sentix" in text


def _is_left_out(block):
    return any(block.text.strip().startswith(beginning) for beginning in NOT_RUN)


class TheNotebookItself(unittest.TestCase):
    """What is not as the document says is noticed."""

    def check_failure(self, document, expected):
        with self.assertRaisesRegex(AssertionError, expected), Notebook(document) as notebook:
            notebook.run()

    def test_a_script_that_fails(self):
        self.check_failure("```sh\ntrue\nfalse\n```\n", "line 2 ended with 1")
        self.check_failure("```sh\nfalse | true\n```\n", "line 2 ended with 1")

    def test_another_output(self):
        self.check_failure("```sh\necho 1\n```\n```text\n2\n```\n", "it printed\n1")

    def test_a_server_that_does_not_start(self):
        self.check_failure("```sh server\nsentix serve --port x\n```\n", "the server has ended:(.|\n)*port")

    def test_what_is_right_passes_and_what_is_missing_is_told(self):
        document = ("```sh needs=no-such-command\nfalse\n```\n```sh server\nsentix serve\n```\n"
                    "```python\n# a.py\nprint('8080, and more')\n```\n```sh\npython3 a.py\n```\n"
                    "```text\n8080, …\n```\n")
        with Notebook(document) as notebook:
            notebook.run()
            self.assertEqual(notebook.ran, 2)
            self.assertEqual(notebook.left_out, ["line 2: there is no no-such-command"])


if __name__ == "__main__":
    unittest.main()
