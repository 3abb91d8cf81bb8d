"""Tokens that nobody has signed who may, and clients that say they come from elsewhere."""

import base64
import json
import subprocess
import tempfile
import time
import unittest

from support.attack import ATTACKER, AttackTest
from support.eventually import DEADLINE
from support.raw_client import RawClient, request
from support.tokens import base64url, sign

CLAIMS = {"sub": "ann", "permissions": ["*"]}


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, timeout=DEADLINE, check=True).stdout


class Key:
    """A pair of keys for RS256."""

    def __init__(self, path):
        self.private, self.public = f"{path}.key", f"{path}.pem"
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.private)
        openssl("pkey", "-in", self.private, "-pubout", "-out", self.public)

    def token(self, header=None, seconds=600, **claims):
        claims = {"exp": int(time.time()) + seconds} | CLAIMS | claims
        signed = b".".join(base64url(json.dumps(part).encode()) for part in (header or {"alg": "RS256"}, claims))
        return (signed + b"." + base64url(openssl("dgst", "-sha256", "-sign", self.private, data=signed))).decode()


class Tokens(AttackTest):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="sentix-keys-"))
        self.key, self.foreign = Key(f"{folder}/ours"), Key(f"{folder}/foreign")
        config = f'[auth]\nenabled = true\nmax_attempts = 100\n[auth.jwt]\nkey_file = "{self.key.public}"\nleeway = 0\n'
        self.serve(config=config, handshake={"path": f"/?token={self.key.token()}"})

    def forged(self):
        good = self.key.token()
        header, claims, signature = good.split(".")
        everybody = base64url(json.dumps({"sub": "root", "exp": 1 << 40}).encode()).decode()
        with open(self.key.public, "rb") as file:
            public = file.read()
        unsigned = {"exp": int(time.time()) + 600} | CLAIMS
        for name in ("none", "None", "NONE", "nOnE", ""):
            yield f"algorithm {name!r}", sign({"alg": name}, unsigned).rpartition(".")[0] + "."
        for secret in (public, public.strip(), base64.b64decode(b"".join(public.splitlines()[1:-1]))):
            for algorithm in ("HS256", "RS256"):
                yield f"the public key as a secret, {algorithm}", sign({"alg": algorithm}, unsigned, secret)
        yield "no secret at all", sign({"alg": "HS256"}, unsigned, "")
        yield "another key", self.foreign.token()
        yield "another key that it brings along", self.foreign.token({"alg": "RS256", "jwk": {"kty": "RSA"}})
        yield "a file as its key", self.foreign.token({"alg": "RS256", "kid": "../../../../dev/null"})
        yield "another algorithm of the same family", self.key.token({"alg": "PS256"})
        yield "something critical", self.key.token({"alg": "RS256", "crit": ["b64"], "b64": False})
        yield "other claims", f"{header}.{everybody}.{signature}"
        yield "another header", f"{base64url(b'{}').decode()}.{claims}.{signature}"
        yield "no signature", f"{header}.{claims}."
        yield "half a signature", good[:-100]
        yield "expired", self.key.token(seconds=-1)
        yield "not yet", self.key.token(nbf=int(time.time()) + 1000)
        yield "of no end", self.key.token(exp=None)
        yield "nobody's", self.key.token(sub="")
        yield "nothing", ""
        yield "dots", ".."

    def test_no_forged_token_lets_in(self):
        for name, forged in self.forged():
            with self.subTest(name):
                (client,) = self.attackers(1)
                answer = client.ask("error", type="authenticate", credentials={"token": forged})
                self.assertEqual(answer["code"], "unauthenticated")
                self.assertEqual(answer["message"], 'The "credentials" were refused.')  # and never why
                self.assertEqual(client.ask("error", type="subscribe", channel="a")["code"], "unauthenticated")
                client.close()
                if forged:
                    client = self.attacker()
                    client.upgrade(f"/?token={forged}")
                    self.assertEqual(client.receive_close()[0], 4001)
                    self.assertNotIn(forged, self.server.log())
        self.logs("not_authenticated", 10, code=4001)
        self.bystander.goes_on()


CLAIMED = "203.0.113.{}"


class Spoofing(AttackTest):
    """A stranger may write into his request what he likes: nobody believes him."""

    CONFIG = 'max_clients_per_address = 4\ntrusted_proxies = ["127.0.0.3"]\n'

    @staticmethod
    def lies(number, address):
        """The header and the bytes in front of the request that say this address."""
        proxied = f"PROXY TCP4 {address} 127.0.0.1 {number} 80\r\n".encode()
        for name in ("x_forwarded_for", "x_real_ip", "true_client_ip", "cf_connecting_ip", "x_client_ip"):
            yield b"", {name: address}
        yield b"", {"forwarded": f"for={address}"}
        yield proxied, {}

    def test_nobody_has_more_places_under_other_names(self):
        for settings in ("", 'forwarded_header = "forwarded"\n', 'proxy_protocol = "v1v2"\n'):
            with self.subTest(settings):
                self.serve(config=self.CONFIG + settings)
                self.attackers(4)
                for number in range(1, 20):
                    for before, headers in self.lies(number, CLAIMED.format(number)):
                        client = self.attacker()
                        client.send(before + request(**headers))
                        self.assertEqual(client.receive_head()[0], 400 if before else 429, (before, headers))
                        client.close()
                self.logs("address_full", code=429, setting="max_clients_per_address", limit=4)
                self.assertNotIn("203.0.113.", self.server.log())
                self.bystander.goes_on()

    def test_nobody_is_blamed_for_another(self):
        """Guesses in the name of the bystander's address do not lock it out."""
        limits = '[rate]\nauth_failures_per_address = "3/h close"\nconnections_per_address = "50/h close"\n'
        users = '[[auth.users]]\nusername = "jane"\ntoken_sha256 = "' + "0" * 64 + '"\n'
        self.serve(config=self.CONFIG + limits + users)
        for _ in range(10):
            for before, headers in self.lies(1, "127.0.0.1"):
                client = self.attacker()
                try:
                    client.send(before + request("/?token=guess", **headers))
                    client.socket.recv(1)  # whatever it is told
                except ConnectionResetError:
                    pass
                client.close()
        self.assertTrue(self.logs("rate_limited")["address"].startswith(ATTACKER))
        with RawClient(self.server) as neighbour:
            neighbour.upgrade("/?token=guess")
            self.assertEqual(neighbour.receive_close()[0], 4001)  # and not 4102: it has not guessed before
        self.bystander.goes_on()


if __name__ == "__main__":
    unittest.main()
