"""What the settings of TLS do when the binary starts, and what is said where they will not do."""

import shutil
import signal
import ssl
import subprocess
import unittest
import urllib.request

from command import CommandTest
from support.certificates import Authority
from support.eventually import DEADLINE, eventually


class Tls(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        cls.certificate = cls.authority.certificate("a", names=("DNS:localhost", "IP:127.0.0.1"))
        cls.other = cls.authority.certificate("b")

    def setUp(self):
        super().setUp()
        for name, path in zip(("c.pem", "k.pem"), self.certificate):
            shutil.copyfile(path, self.folder / name)
        shutil.copyfile(self.other[1], self.folder / "other.pem")

    def test_every_source_has_its_names(self):
        self.write("sentix.toml", "ssl_cert_path = 'c.pem'\nssl_key_path = 'k.pem'\n")
        for arguments, variables in (
            (("--tls-cert", "c.pem", "--tls-key", "k.pem"), {}),
            (("--tls", "--tls-cert", "c.pem", "--tls-key", "k.pem"), {}),
            ((), {"WEBSOCKET_SSL_CERT_PATH": "c.pem", "WEBSOCKET_SSL_KEY_PATH": "k.pem"}),
            ((), {"WEBSOCKET_SSL_CERT": "c.pem", "WEBSOCKET_SSL_KEY": "k.pem"}),
            (("--config", "sentix.toml"), {}),
        ):
            with self.subTest(arguments=arguments, variables=variables):
                child = self.start("serve", "--port", 0, *arguments, **variables)
                self.assertRegex(child.stdout.readline(), r"\Alistening on wss://127\.0\.0\.1:\d+\n\Z")
        child = self.start("serve", "--port", 0, WEBSOCKET_SSL="false")
        self.assertRegex(child.stdout.readline(), r"\Alistening on ws://")

    def test_the_page_is_announced_by_https(self):
        child = self.start("serve", "--port", 0, "--tls-cert", "c.pem", "--tls-key", "k.pem")
        child.stdout.readline()
        line = child.stdout.readline()
        self.assertRegex(line, r"\Achat page at https://127\.0\.0\.1:\d+/\n\Z")
        context = ssl.create_default_context(cafile=self.authority.root)
        with urllib.request.urlopen(line.split()[-1], timeout=DEADLINE, context=context) as response:
            self.assertIn(b"<html", response.read())

    def test_what_will_not_do_is_told_with_its_setting_and_its_file(self):
        self.write("words", "no PEM\n")
        encrypt = ["openssl", "pkey", "-in", "k.pem", "-aes256", "-passout", "pass:x", "-out", "secret.pem"]
        subprocess.run(encrypt, cwd=self.folder, check=True, capture_output=True, timeout=DEADLINE)
        table = {
            ("none", "k.pem"): "--tls-cert: none cannot be read: No such file or directory",
            ("c.pem", "none"): "--tls-key: none cannot be read: No such file or directory",
            ("words", "k.pem"): "--tls-cert: words holds no certificate in PEM form",
            ("c.pem", "words"): "--tls-key: words holds no private key in PEM form",
            ("c.pem", "other.pem"): "--tls-key: other.pem is not the key of the certificate c.pem",
            ("c.pem", "secret.pem"): "--tls-key: secret.pem is encrypted, and nobody is there to give the passphrase",
        }
        for (cert, key), expected in table.items():
            for command in (["serve", "--port", 0], ["echo", "--port", 0], ["config", "check"]):
                with self.subTest(command=command, cert=cert, key=key):
                    done = self.run_sentix(*command, "--tls-cert", cert, "--tls-key", key)
                    self.assertEqual((done.status, done.out), (1, ""))
                    self.assertTrue(done.err.startswith("sentix: command line: " + expected), done.err)
                    self.assertEqual(done.err.count("\n"), 1)

    def test_a_listed_certificate_is_told_by_its_line(self):
        config = "ssl_cert_path = 'c.pem'\nssl_key_path = 'k.pem'\n[tls]\nclient_certs = 'optional'\nclient_ca = '%s'\n"
        self.write("sentix.toml", config % "c.pem" + "[[tls.certificates]]\ncert = 'c.pem'\nkey = 'other.pem'\n")
        self.assertEqual(
            self.run_sentix("config", "check").err,
            "sentix: sentix.toml:6: tls.certificates: other.pem is not the key of the certificate c.pem\n",
        )
        self.write("sentix.toml", config % "none")
        self.assertEqual(
            self.run_sentix("config", "check").err,
            "sentix: sentix.toml:5: tls.client_ca: none cannot be read: No such file or directory\n",
        )

    def test_a_path_that_turns_bad_is_refused_on_hangup_and_the_server_goes_on(self):
        child = self.start("serve", "--port", 0, "--tls-cert", "c.pem", "--tls-key", "k.pem")
        child.stdout.readline()
        shutil.copyfile(self.folder / "other.pem", self.folder / "k.pem")
        child.send_signal(signal.SIGHUP)
        expected = (
            "error the new TLS certificates are refused, the old ones stay in force: "
            "k.pem is not the key of the certificate c.pem"
        )
        eventually(lambda: expected in self.read("stderr"), lambda: self.read("stderr"))
        self.assertIsNone(child.poll())


if __name__ == "__main__":
    unittest.main()
