"""The Debian package: installed, upgraded, removed and purged with dpkg, in a root of its own beside the machine's."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SENTIX_BUILD", ROOT / "build"))
TOOLS = ("cpack", "dpkg-deb", "dpkg-shlibdeps", "fakeroot", "systemd-sysusers")
MISSING = [tool for tool in TOOLS if not shutil.which(tool)]
PREPARED = ("etc", "var/lib/dpkg/info", "var/lib/dpkg/updates")


def run(*command, **keywords):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **keywords)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


@unittest.skipIf(MISSING, f"not installed: {' '.join(MISSING)}")
class DebianPackage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="sentix-deb-")))
        cls.packages = {version: cls.packed(version) for version in ("1.0.0", "1.0.1")}

    @classmethod
    def packed(cls, version):
        folder = cls.work / version
        config = BUILD / "CPackConfig.cmake"
        run("cpack", "--config", config, "-B", folder, "-D", f"CPACK_PACKAGE_VERSION={version}", cwd=cls.work)
        (package,) = folder.glob("sentix_*.deb")
        return package

    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="sentix-root-")))
        for folder in PREPARED:
            (self.root / folder).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()
        (self.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (self.root / "etc/group").write_text("root:x:0:\n")
        self.config = self.root / "etc/sentix/sentix.toml"

    def dpkg(self, *arguments):
        """As root, or as if; what the package depends on is this machine's, not the new root's."""
        options = ["--force-depends", "--force-script-chrootless", "--force-not-root", "--force-confdef"]
        return run("fakeroot", "dpkg", f"--root={self.root}", *options, *arguments, stdin=subprocess.DEVNULL)

    def state(self):
        status = "--showformat=${db:Status-Abbrev}"
        query = ["dpkg-query", f"--admindir={self.root}/var/lib/dpkg", "--show", status, "sentix"]
        return subprocess.run(query, capture_output=True, text=True, check=False).stdout.strip()

    def files(self):
        """What is there of sentix, besides what dpkg keeps."""
        paths = (path.relative_to(self.root) for path in self.root.rglob("*sentix*"))
        return {str(path) for path in paths if not str(path).startswith("var/lib/dpkg")}

    def test_what_it_says_of_itself(self):
        control = run("dpkg-deb", "--field", self.packages["1.0.0"])
        self.assertRegex(control, r"(?m)^Package: sentix$")
        self.assertRegex(control, r"(?m)^Version: 1\.0\.0$")
        for library in ("libc6", "libssl3", "libuv1", "libsimdjson", "libspdlog"):
            self.assertRegex(control, rf"(?m)^Depends: .*\b{library}")
        owners = {line.split()[1] for line in run("dpkg-deb", "--contents", self.packages["1.0.0"]).splitlines()}
        self.assertEqual(owners, {"root/root"})

    def test_installed_it_starts(self):
        self.dpkg("--install", self.packages["1.0.0"])
        self.assertEqual(self.state(), "ii")
        self.assertIn("sentix:", (self.root / "etc/passwd").read_text())
        self.assertEqual(self.config.stat().st_mode & 0o007, 0)
        sentix = self.root / "usr/bin/sentix"
        run(sentix, "config", "check", "--config", self.config)
        command = [sentix, "serve", "--config", self.config, "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            self.assertRegex(server.stdout.readline(), r"\Alistening on ws://127\.0\.0\.1:\d+\n")
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(30), 0)
        unit = (self.root / "lib/systemd/system/sentix.service").read_text()
        started = re.search(r"(?m)^ExecStart=(\S+)", unit).group(1)
        self.assertTrue(os.access(self.root / started[1:], os.X_OK))

    def test_an_upgrade_keeps_what_was_changed(self):
        self.dpkg("--install", self.packages["1.0.0"])
        self.config.write_text("port = 9000\n")
        self.dpkg("--install", self.packages["1.0.1"])
        self.assertEqual(self.state(), "ii")
        self.assertEqual(self.config.read_text(), "port = 9000\n")
        self.assertEqual((self.root / "etc/passwd").read_text().count("\nsentix:"), 1)

    def test_removed_it_leaves_its_settings_and_purged_nothing(self):
        self.dpkg("--install", self.packages["1.0.0"])
        (self.root / "var/lib/sentix").mkdir(parents=True)
        (self.root / "var/lib/sentix/data").touch()
        self.dpkg("--remove", "sentix")
        self.assertEqual(self.state(), "rc")
        self.assertEqual(self.files(), {"etc/sentix", "etc/sentix/sentix.toml", "var/lib/sentix"})
        self.dpkg("--purge", "sentix")
        self.assertEqual(self.files(), set())


if __name__ == "__main__":
    unittest.main()
