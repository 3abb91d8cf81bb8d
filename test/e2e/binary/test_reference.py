"""`sentix completions` and `sentix manual`: they know what --help knows, and shells and man can read them."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support.eventually import DEADLINE
from support.server import run_binary

SHELLS = ("bash", "zsh", "fish")
FLAG = re.compile(r"^  (?:-\w,)?(--[a-z0-9-]+)", re.MULTILINE)
COMMAND = re.compile(r"^  ([a-z]+)  ", re.MULTILINE)


def printed(*words):
    done = run_binary(*words)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def commands(path=()):
    """Every command with its help, as people see it."""
    text = printed(*path, "--help")
    yield path, text
    if "\nSubcommands:\n" in text:
        for name in COMMAND.findall(text.partition("\nSubcommands:\n")[2]):
            yield from commands((*path, name))


class Completions(unittest.TestCase):
    def test_every_command_and_flag_is_known(self):
        scripts = {shell: printed("completions", shell) for shell in SHELLS}
        known = list(commands())
        self.assertGreater(len(known), 8)
        for path, text in known:
            flags = FLAG.findall(text)
            self.assertIn("--help", flags)
            for shell, script in scripts.items():
                with self.subTest(shell=shell, path=path):
                    lines = [line for line in script.splitlines() if f"{' '.join(('sentix', *path))}\"'" in line
                             or line.startswith(f"    '{' '.join(('sentix', *path))}') ")]
                    words = set(re.findall(r"[\w-]+", " ".join(lines)))
                    wanted = {flag.removeprefix("--") for flag in flags} if shell == "fish" else set(flags)
                    self.assertEqual(wanted - words, set())

    def complete(self, *words):
        """What bash offers for the last word."""
        quoted = " ".join(f"'{word}'" for word in words)
        script = f"source ./script; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _sentix; "
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "script").write_text(printed("completions", "bash"), encoding="utf-8")
            done = subprocess.run(["bash", "-euc", script + 'echo "${COMPREPLY[@]}"'], capture_output=True, text=True,
                                  cwd=folder, timeout=DEADLINE, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.split()

    def test_bash_completes(self):
        self.assertEqual(self.complete("sentix", "ser"), ["serve"])
        self.assertEqual(self.complete("sentix", "config", ""), ["publish", "check", "show", "--help"])
        self.assertEqual(self.complete("sentix", "serve", "--log-f"), ["--log-format", "--log-files"])
        self.assertEqual(self.complete("sentix", "serve", "--log-format", ""), ["text", "json"])
        self.assertEqual(self.complete("sentix", "serve", "--port", "80", "--hos"), ["--host"])
        self.assertEqual(self.complete("sentix", "serve", "--tls-cert", ""), [])  # then bash offers files
        self.assertEqual(self.complete("sentix", "serve", "--debug", "--por"), ["--port"])
        self.assertEqual(self.complete("sentix", "config", "publish", "--he"), ["--help"])

    def test_shells_that_are_here_can_read_them(self):
        for shell in SHELLS:
            if shutil.which(shell):
                with self.subTest(shell=shell), tempfile.NamedTemporaryFile("w") as script:
                    script.write(printed("completions", shell))
                    script.flush()
                    done = subprocess.run([shell, "-n", script.name], capture_output=True, text=True, timeout=DEADLINE,
                                          check=False)
                    self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_other_shells_are_refused(self):
        self.assertEqual(run_binary("completions", "csh").returncode, 2)


class Manual(unittest.TestCase):
    @unittest.skipUnless(shutil.which("groff"), "there is no groff")
    def test_groff_has_nothing_to_say(self):
        done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n"], input=printed("manual"),
                              capture_output=True, text=True, timeout=DEADLINE, check=False,
                              env={"PATH": os.environ["PATH"]})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for word in ("NAME", "SETTINGS", "sentix config publish"):
            self.assertIn(word, done.stdout)

    def test_every_command_and_flag_is_in_it(self):
        page = printed("manual").replace("\\-", "-")
        for path, text in commands():
            if path and "\nSubcommands:\n" not in text or path == ("cluster",):
                self.assertIn(f".SS sentix {' '.join(path)}\n", page)
            for flag in FLAG.findall(text):
                if path:
                    self.assertIn(f"\n\\fB{flag}\\fR", page)


if __name__ == "__main__":
    unittest.main()
