"""Which certificate a client gets, how certificates are exchanged under running connections, and those of clients."""

import hashlib
import os
import pathlib
import shutil
import signal
import ssl
import unittest

from support.certificates import Authority, tls_flags
from support.eventually import eventually
from support.raw_client import request
from support.server import Server
from support.tls_client import TlsClient

VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


def of_file(path):
    """The first certificate of a PEM file, as TlsClient.certificate() gives it."""
    text = pathlib.Path(path).read_text(encoding="ascii")
    end = "-----END CERTIFICATE-----\n"
    return ssl.PEM_cert_to_DER_cert(text[: text.index(end) + len(end)])


class CertificateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        cls.first = cls.authority.certificate("first")
        cls.second = cls.authority.certificate("second")

    def connect(self, server, context=None, **options):
        return self.enterContext(TlsClient(server, context or self.authority.client_context(), **options))

    def logs(self, server, words, count=1):
        eventually(lambda: server.log().count(words) >= count, server.log)


class ByName(CertificateTest):
    def test_the_host_that_is_asked_for_chooses(self):
        table = {
            "example.com": self.authority.certificate("example", names=("DNS:example.com", "DNS:*.example.com")),
            "www.example.com": None,  # the wildcard
            "example.org": self.authority.certificate("org", names=("DNS:example.org",), key_type="rsa:2048"),
            "localhost": self.first,
        }
        listed = "".join(
            f'[[tls.certificates]]\ncert = "{cert}"\nkey = "{key}"\n'
            for cert, key in filter(None, (table["example.com"], table["example.org"]))
        )
        table["www.example.com"] = table["example.com"]
        with Server(*tls_flags(self.first), config=listed) as server:
            for host, certificate in table.items():
                with self.subTest(host=host):
                    client = self.connect(server, host=host)
                    self.assertEqual(client.certificate(), of_file(certificate[0]))
                    client.enter()
            context = self.authority.client_context()
            context.check_hostname = False
            for host in ("unknown.example", "a.b.example.com", None):
                with self.subTest(host=host):
                    self.assertEqual(self.connect(server, context, host=host).certificate(), of_file(self.first[0]))

    def test_listed_certificates_alone_will_do(self):
        config = f'[[tls.certificates]]\ncert = "{self.second[0]}"\nkey = "{self.second[1]}"\n'
        with Server(config=config) as server:
            self.assertTrue(server.url.startswith("wss://"))
            self.connect(server).enter()

    def test_an_expired_certificate_is_served_with_a_warning(self):
        with Server(*tls_flags(self.authority.certificate("old", days=-1))) as server:
            self.logs(server, "warning the certificate ")
            with self.assertRaisesRegex(ssl.SSLError, "certificate has expired"):
                self.connect(server)


class Renewal(CertificateTest):
    """The files are exchanged while a client is connected and goes on."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(Authority()).folder)  # a folder that goes
        self.live = self.folder / "live.pem", self.folder / "live.key"
        self.put(self.first)
        self.server = self.enterContext(Server(*tls_flags(self.live)))
        self.client = self.connect(self.server)
        self.client.enter()
        self.client.subscribe("general")

    def put(self, certificate):
        for source, target in zip(certificate, self.live):
            shutil.copyfile(source, target.with_suffix(".new"))
            os.replace(target.with_suffix(".new"), target)

    def hang_up(self):
        self.server.child.send_signal(signal.SIGHUP)

    def serves(self, certificate):
        with TlsClient(self.server, self.authority.client_context()) as client:
            return client.certificate() == of_file(certificate[0])

    def check_client(self):
        self.assertEqual(self.client.certificate(), of_file(self.first[0]))
        self.client.round_trip()
        self.client.command(type="publish", channel="general", data=1)
        self.client.expect("message")

    def test_on_hangup(self):
        self.put(self.second)
        self.hang_up()
        eventually(lambda: self.serves(self.second), "the old certificate is served", seconds=1)
        self.check_client()

    def test_on_a_change_of_the_files(self):
        self.put(self.second)
        eventually(lambda: self.serves(self.second), "the old certificate is served")
        self.check_client()
        self.put(self.first)
        eventually(lambda: self.serves(self.first), "the old certificate is served")
        self.check_client()

    def test_a_bad_one_is_refused_and_the_old_one_stays(self):
        refused = "error the new TLS certificates are refused, the old ones stay in force: "
        for number, spoil in enumerate(
            (
                lambda: self.live[0].unlink(),
                lambda: self.put((self.second[0], self.first[1])),
                lambda: self.live[1].write_text("no key"),
                lambda: self.live[0].write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            ),
            1,
        ):
            with self.subTest(number=number):
                spoil()
                if number % 2 == 0:
                    self.hang_up()
                self.logs(self.server, refused, number)
                self.assertTrue(self.serves(self.first))
                self.check_client()
        self.put(self.second)
        eventually(lambda: self.serves(self.second), "the old certificate is served")
        self.assertNotIn("Traceback", self.server.log())

    def test_a_link_that_is_turned(self):
        """As Kubernetes does: the files are links into a linked folder, and that link is exchanged."""
        for name, certificate in (("v1", self.first), ("v2", self.second)):
            (self.folder / name).mkdir()
            shutil.copyfile(certificate[0], self.folder / name / "tls.crt")
            shutil.copyfile(certificate[1], self.folder / name / "tls.key")
        (self.folder / "data").symlink_to("v1")
        links = self.folder / "tls.crt", self.folder / "tls.key"
        for link in links:
            link.symlink_to(pathlib.Path("data", link.name))
        with Server(*tls_flags(links)) as self.server:
            self.client = self.connect(self.server)
            self.client.enter()
            self.client.subscribe("general")
            (self.folder / "new").symlink_to("v2")
            os.replace(self.folder / "new", self.folder / "data")
            eventually(lambda: self.serves(self.second), "the old certificate is served")
            self.check_client()

    def test_another_path_in_the_configuration_comes_into_force_on_hangup(self):
        lines = lambda certificate: 'ssl_cert_path = "%s"\nssl_key_path = "%s"\n' % tuple(certificate)
        with Server(config=lines(self.first)) as self.server:
            (self.server.folder / "sentix.toml").write_text(lines(self.second), encoding="utf-8")
            self.hang_up()
            eventually(lambda: self.serves(self.second), "the old certificate is served", seconds=1)
            self.logs(self.server, "info the configuration has changed; in force now: ssl_cert_path, ssl_key_path\n")
            (self.server.folder / "sentix.toml").write_text("", encoding="utf-8")
            self.hang_up()
            self.logs(self.server, "these settings need a restart: ssl")
            self.assertTrue(self.serves(self.second))


class OfClients(CertificateTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = cls.enterClassContext(Authority("clients' root"))
        cls.strangers = cls.enterClassContext(Authority("strangers' root"))
        cls.jane = cls.clients.certificate("jane", "/CN=jane doe", ())
        cls.host = cls.clients.certificate("host", "/O=no common name", ("DNS:sensor-7.example",))
        cls.nobody = cls.clients.certificate("nobody", "/O=no name at all", ())

    def serve(self, mode, *flags, **options):
        flags = ("--tls-client-certs", mode, "--tls-client-ca", self.clients.root, *flags)
        return self.enterContext(Server(*tls_flags(self.first), *flags, **options))

    def context(self, certificate=None, version=None):
        context = self.authority.client_context(certificate)
        if version:
            context.minimum_version = context.maximum_version = version
        return context

    def refuses(self, server, certificate, version):
        """In TLS 1.3 a client learns it only after its own handshake is done."""
        context = self.context(certificate, version)
        with self.assertRaises(ssl.SSLError) as refused, TlsClient(server, context) as client:
            client.send(request() * 10)
            client.receive_head()
        return refused.exception.reason

    def test_the_common_name_is_the_user(self):
        server = self.serve("optional", "--auth-enabled")
        for version in VERSIONS:
            client = self.connect(server, self.context(self.jane, version))
            self.assertEqual(client.enter()["user"], {"user": "jane doe"})
            client.subscribe("general")
            session = client.socket.session
            context = client.socket.context
            again = self.connect(server, context, session=session)
            self.assertTrue(again.socket.session_reused)
            self.assertEqual(again.enter()["user"], {"user": "jane doe"})

    def test_without_a_common_name_it_is_the_first_alternative_name(self):
        server = self.serve("required")
        self.assertEqual(self.connect(server, self.context(self.host)).enter()["user"], {"user": "sensor-7.example"})
        self.assertNotIn("user", self.connect(server, self.context(self.nobody)).enter())

    def test_foreign_pages_cannot_make_use_of_a_browser_s_certificate(self):
        """It shows the certificate to whatever page makes it connect."""
        server = self.serve("optional")
        listing = self.serve("optional", "--origins", "https://example.com")
        bystander = self.connect(server, self.context(self.jane))
        bystander.enter()
        for target, origin, status in (
            (server, "https://evil.example", 403),
            (server, "null", 403),
            (server, f"https://localhost:{server.port}", 101),
            (server, None, 101),
            (listing, "https://example.com", 101),
            (listing, f"https://localhost:{server.port}", 403),
        ):
            with self.subTest(origin=origin):
                client = self.connect(target, self.context(self.jane))
                client.send(request(host=f"localhost:{server.port}", origin=origin))
                self.assertEqual(client.receive_head()[0], status)
                bystander.round_trip()

    def test_an_authority_need_be_no_root(self):
        flags = ("--tls-client-certs", "required", "--tls-client-ca", self.clients.issuer)
        with Server(*tls_flags(self.first), *flags) as server:
            self.assertEqual(self.connect(server, self.context(self.jane)).enter()["user"], {"user": "jane doe"})

    def test_optional_lets_in_who_has_none(self):
        server = self.serve("optional", "--auth-enabled")
        for version in VERSIONS:
            client = self.connect(server, self.context(None, version))
            self.assertNotIn("user", client.enter())
            self.assertEqual(client.ask("error", type="subscribe", channel="a")["code"], "unauthenticated")

    def test_required_does_not(self):
        server = self.serve("required")
        for version in VERSIONS:
            self.assertIn(
                self.refuses(server, None, version),
                ("SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV13_ALERT_CERTIFICATE_REQUIRED"),
            )

    def test_one_that_is_shown_must_be_good(self):
        old = self.clients.certificate("old", "/CN=old", (), days=-1)
        strange = self.strangers.certificate("jane", "/CN=jane doe", ())
        for mode in ("optional", "required"):
            server = self.serve(mode)
            for version in VERSIONS:
                with self.subTest(mode=mode, version=version):
                    self.assertIn("CERTIFICATE_EXPIRED", self.refuses(server, old, version))
                    self.assertIn("UNKNOWN_CA", self.refuses(server, strange, version))

    def test_a_token_beside_it_must_be_of_the_same_user(self):
        token = hashlib.sha256(b"secret").hexdigest()
        users = "".join(
            f'[[auth.users]]\nusername = "{name}"\ntoken_sha256 = "{digest}"\n'
            for name, digest in (("jane doe", token), ("joe", hashlib.sha256(b"other").hexdigest()))
        )
        server = self.serve("required", config=users)
        same = self.connect(server, self.context(self.jane))
        self.assertEqual(same.enter("/?token=secret")["user"], {"user": "jane doe"})
        another = self.connect(server, self.context(self.jane))
        another.upgrade("/?token=other")
        self.assertEqual(another.receive_close()[0], 4001)

    def test_a_session_is_not_resumed_under_other_authorities(self):
        """Otherwise who was let in by authorities of yesterday would come in by a ticket."""
        config = 'ssl_cert_path = "%s"\nssl_key_path = "%s"\n[tls]\nclient_certs = "required"\nclient_ca = "%s"\n'
        paths = (self.first[0], self.first[1])
        with Server(config=config % (*paths, self.clients.root)) as server:
            context = self.context(self.jane)
            client = self.connect(server, context)
            client.enter()
            session = client.socket.session
            (server.folder / "sentix.toml").write_text(config % (*paths, self.strangers.root), encoding="utf-8")
            server.child.send_signal(signal.SIGHUP)
            self.logs(server, "TLS certificates were read")
            with self.assertRaisesRegex(ssl.SSLError, "UNKNOWN_CA"):
                late = self.connect(server, context, session=session)
                late.send(request())
                late.receive_head()
            client.round_trip()


if __name__ == "__main__":
    unittest.main()
