"""A certificate authority for tests, made by the openssl of the system: nothing of it outlives the test."""

import pathlib
import ssl
import subprocess
import tempfile

from support.eventually import DEADLINE


def _openssl(folder, *arguments):
    done = subprocess.run(
        ["openssl", *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=DEADLINE, check=False
    )
    if done.returncode != 0:
        raise AssertionError(f"openssl {arguments}: {done.stderr}")


class Authority:
    """A root, an authority under it, and what that signs. Use it in a `with` statement."""

    def __init__(self, name="test root"):
        self._folder = tempfile.TemporaryDirectory(prefix="sentix-ca-")
        self.folder = pathlib.Path(self._folder.name)
        self.root = self._make("root", f"/CN={name}", "CA:TRUE", None)[0]
        self.issuer = self._make("issuer", f"/CN={name}, issuing", "CA:TRUE,pathlen:0", "root")[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def _make(self, stem, subject, constraints, issuer, names=(), days=30, key_type="ec"):
        certificate, key = self.folder / f"{stem}.pem", self.folder / f"{stem}.key"
        algorithm = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if key_type == "ec" else [key_type]
        extensions = f"basicConstraints=critical,{constraints}\n"
        if names:
            extensions += f"subjectAltName={','.join(names)}\n"
        (self.folder / f"{stem}.ext").write_text(extensions, encoding="ascii")
        request = ["req", "-new", "-nodes", "-newkey", *algorithm, "-keyout", key, "-out", f"{stem}.csr"]
        _openssl(self.folder, *request, "-utf8", "-subj", subject)
        signer = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"] if issuer else ["-signkey", key]
        signing = ["x509", "-req", "-in", f"{stem}.csr", "-days", days, "-extfile", f"{stem}.ext", *signer]
        _openssl(self.folder, *signing, "-out", certificate)
        return certificate, key

    def certificate(self, stem, subject=None, names=("DNS:localhost",), days=30, key_type="ec"):
        """The paths of a chain and of its key. days=-1 makes one that has expired."""
        subject = f"/CN={stem}" if subject is None else subject
        certificate, key = self._make(stem, subject, "CA:FALSE", "issuer", names, days, key_type)
        certificate.write_bytes(certificate.read_bytes() + self.issuer.read_bytes())
        return certificate, key

    def client_context(self, certificate=None):
        """What a client needs that trusts this authority, and shows `certificate` (chain, key) when it is asked."""
        context = ssl.create_default_context(cafile=self.root)
        if certificate:
            context.load_cert_chain(*certificate)
        return context


def tls_flags(certificate):
    return ["--tls-cert", certificate[0], "--tls-key", certificate[1]]
