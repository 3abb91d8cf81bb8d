"""Signed tokens (JWT) of HS256, made with nothing but Python's library."""

import base64
import hashlib
import hmac
import json
import time

SECRET = "a secret that nobody could guess"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def sign(header, claims, secret=SECRET):
    """A token with this header and these claims, whatever they say."""
    signed = b".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    key = secret if isinstance(secret, bytes) else secret.encode()
    return (signed + b"." + base64url(hmac.new(key, signed, hashlib.sha256).digest())).decode()


def token(seconds=600, secret=SECRET, header=None, **claims):
    """One that is good for so long."""
    return sign(header or {"alg": "HS256", "typ": "JWT"}, {"exp": int(time.time()) + seconds} | claims, secret)
