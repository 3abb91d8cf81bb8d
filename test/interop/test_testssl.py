"""testssl.sh against sentix with a test CA: protocols, ciphers and vulnerabilities have no finding above LOW.

What testssl.sh says of the certificate itself (no CRL, no OCSP, a life of 30 days) is about the test CA and left out.
It is a shell script that forks tens of thousands of times, so the sections run beside each other, and those that show
nothing more about ciphers than --std does (--pfs, --server-preference: as long again) are left out.
"""

import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support.certificates import Authority, tls_flags
from support.server import Server

TESTSSL = shutil.which("testssl") or shutil.which("testssl.sh")  # Debian's name, and that of others
SECTIONS = (("--protocols", "--std"), ("--vulnerable",))
ACCEPTED = {"OK", "INFO", "LOW"}
NOT_OURS = "engine_problem"  # of the openssl that testssl.sh itself uses
SECONDS_MAX = 600.0  # it takes 113 s of processor time: three minutes on two that have four times too much to do
EXPECTED = {"TLS1_1", "TLS1_2", "TLS1_3", "cipherlist_AVERAGE", "heartbleed", "secure_client_renego", "LUCKY13"}


@unittest.skipUnless(TESTSSL, "testssl.sh is not installed")
class TestSsl(unittest.TestCase):
    def findings(self):
        authority = self.enterContext(Authority())
        names = ("DNS:localhost", "IP:127.0.0.1")
        certificate = authority.certificate("localhost", names=names, key_type="rsa:2048")
        with tempfile.TemporaryDirectory() as folder, Server(*tls_flags(certificate)) as server:
            def findings_of(sections):
                report = pathlib.Path(folder, f"{sections[0]}.json")
                command = [TESTSSL, "--warnings", "batch", "--quiet", "--color", "0", "--ip", "127.0.0.1"]
                command += ["--add-ca", authority.root, "--jsonfile", report, *sections, f"localhost:{server.port}"]
                done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True,
                                      timeout=SECONDS_MAX, check=False)
                self.assertTrue(report.exists(), done.stdout + done.stderr)
                return json.loads(report.read_text(encoding="utf-8"))

            with concurrent.futures.ThreadPoolExecutor() as pool:
                return [finding for part in pool.map(findings_of, SECTIONS) for finding in part]

    def test_nothing_is_found_above_low(self):
        findings = self.findings()
        self.assertLessEqual(EXPECTED, {finding["id"] for finding in findings})
        bad = [each for each in findings if each["severity"] not in ACCEPTED and each["id"] != NOT_OURS]
        self.assertEqual(bad, [])


if __name__ == "__main__":
    unittest.main()
