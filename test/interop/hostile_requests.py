"""Requests that a proxy and a server might read differently, by name: the status that sentix answers, and the bytes.

RFC 9112 §2.2 (line ends), §3.2 (targets and hosts), §5 (fields), §6 (bodies) and §11 (what smuggling is made of).
"""

from support.raw_client import request

SECOND = b"GET /second HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def head(*lines):
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def page(*lines):
    return head("GET / HTTP/1.1", "Host: localhost", *lines)


def handshake(*lines, **changed):
    """A good handshake with more lines, each as it is given."""
    return request(**changed).removesuffix(b"\r\n") + head(*lines)


def line(text):
    """A good handshake with another request line."""
    return request().replace(b"GET / HTTP/1.1", text.encode("latin-1"))


BODIES = {
    "a length and chunks": (400, page("Content-Length: 4", "Transfer-Encoding: chunked") + b"0\r\n\r\n"),
    "chunks and a length": (400, page("Transfer-Encoding: chunked", f"Content-Length: {len(SECOND)}") + b"0\r\n\r\n"),
    "two lengths": (400, page("Content-Length: 0", f"Content-Length: {len(SECOND)}")),
    "the same length twice": (400, page("Content-Length: 0", "Content-Length: 0")),
    "a list of lengths": (400, page(f"Content-Length: 0, {len(SECOND)}")),
    "a signed length": (400, page(f"Content-Length: +{len(SECOND)}")),
    "a hexadecimal length": (400, page("Content-Length: 0x5")),
    "a length of more than 64 bits": (413, page("Content-Length: 18446744073709551617") + b"x"),
    "a length on the next line": (400, b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length:\n 5\r\n\r\n"),
    "a space before the colon of a length": (400, page(f"Content-Length : {len(SECOND)}")),
    "a tab before the colon of a length": (400, page(f"Content-Length\t: {len(SECOND)}")),
    "a length behind a folded line": (400, page("X-A: b", f" Content-Length: {len(SECOND)}")),
    "a length with an underscore": (200, page(f"Content_Length: {len(SECOND)}")),
    "the second request as a body": (413, page(f"Content-Length: {len(SECOND)}")),
    "a POST of the second request": (413, head("POST / HTTP/1.1", "Host: localhost", f"Content-Length: {len(SECOND)}")),
    "a tab before chunked": (413, page("Transfer-Encoding:\tchunked") + b"0\r\n\r\n"),
    "a vertical tab before chunked": (400, page("Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n"),
    "chunked on a folded line": (400, page("Transfer-Encoding:", " chunked") + b"0\r\n\r\n"),
    "an unknown coding": (413, page("Transfer-Encoding: xchunked") + b"0\r\n\r\n"),
    "chunked twice": (413, page("Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n"),
    "two codings": (413, page("Transfer-Encoding: chunked", "Transfer-Encoding: identity") + b"0\r\n\r\n"),
    "chunks over HTTP/1.0": (413, page("Transfer-Encoding: chunked").replace(b"1.1", b"1.0") + b"0\r\n\r\n"),
    "a signed size of a chunk": (413, page("Transfer-Encoding: chunked") + b"+0\r\n\r\n"),
    "a bare LF behind a chunk's size": (413, page("Transfer-Encoding: chunked") + b"0;a\n\r\n"),
}
LINES = {
    "a bare LF in a value": (400, page("X-A: b\nContent-Length: 4")),
    "a bare CR in a value": (400, page("X-A: b\rContent-Length: 4")),
    "NUL in a value": (400, page("X-A: b\0c")),
    "NUL in a name": (400, page("X\0A: b")),
    "no name": (400, page(": b")),
    "bare LFs throughout": (400, b"GET / HTTP/1.1\nHost: localhost\n\n"),
    "an empty line in front": (200, b"\r\n" + page()),
    "a line of 9000 bytes": (431, page("X-A: " + "b" * 9000)),
    "a head of 24000 bytes": (431, page(*(f"X-{i}: " + "a" * 4000 for i in range(6)))),
    "200 headers": (431, page(*(f"X-{i}: a" for i in range(200)))),
    "no host": (400, head("GET / HTTP/1.1", "X-A: b")),
    "two hosts": (400, page("Host: other")),
    "a host with a user": (400, head("GET / HTTP/1.1", "Host: other@localhost")),
}
TARGETS = {
    "an absolute target": (200, head("GET http://localhost/ HTTP/1.1", "Host: localhost")),
    "an absolute target of another host": (400, head("GET http://other/ HTTP/1.1", "Host: localhost")),
    "an encoded line break": (404, head("GET /%0d%0aX-A:b HTTP/1.1", "Host: localhost")),
    "a bare LF in the target": (400, head("GET /a\nX-A:b HTTP/1.1", "Host: localhost")),
    "a bare CR in the target": (400, head("GET /a\rb HTTP/1.1", "Host: localhost")),
    "NUL in the target": (400, head("GET /a\0b HTTP/1.1", "Host: localhost")),
    "a space in the target": (400, head("GET /a b HTTP/1.1", "Host: localhost")),
    "a byte above 0x7F in the target": (400, head("GET /\xe9 HTTP/1.1", "Host: localhost")),
    "a fragment in the target": (400, head("GET /#a HTTP/1.1", "Host: localhost")),
    "a target of 9000 bytes": (431, head("GET /" + "a" * 9000 + " HTTP/1.1", "Host: localhost")),
    "a path that climbs": (404, head("GET /second/../ HTTP/1.1", "Host: localhost")),
    "CONNECT": (400, head("CONNECT localhost:80 HTTP/1.1", "Host: localhost")),
    "two versions behind the target": (400, head("GET / HTTP/1.1\tHTTP/1.0", "Host: localhost")),
    "HTTP/0.9": (400, b"GET /\r\n"),
}
HANDSHAKES = {
    "a handshake of bare LFs": (400, request().replace(b"\r\nUpgrade", b"\nUpgrade")),
    "a handshake with tabs in its first line": (400, line("GET\t/\tHTTP/1.1")),
    "a handshake with two spaces": (400, line("GET  / HTTP/1.1")),
    "a handshake over HTTP/1.0": (505, line("GET / HTTP/1.0")),
    "a handshake over HTTP/1.2": (505, line("GET / HTTP/1.2")),
    "a handshake over HTTP/2.0": (505, line("GET / HTTP/2.0")),
    "a handshake by POST": (405, line("POST / HTTP/1.1")),
    "a handshake by get": (405, line("get / HTTP/1.1")),
    "a handshake for another host": (400, line("GET http://other/ HTTP/1.1")),
    "a handshake with a folded line": (400, handshake("X-A: b", "\tContent-Length: 5")),
    "a handshake with a body": (413, handshake(f"Content-Length: {len(SECOND)}")),
    "a handshake with an empty body": (101, handshake("Content-Length: 0")),
    "a handshake with chunks": (413, handshake("Transfer-Encoding: chunked") + b"0\r\n\r\n"),
    "a handshake with two keys": (400, handshake("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")),
    "a handshake without a key": (400, handshake(sec_websocket_key=None)),
    "a handshake of version 12": (426, handshake(sec_websocket_version="12")),
    "a handshake with two upgrades": (101, handshake("Upgrade: h2c")),
    "a handshake that hides its key": (101, handshake(connection="Upgrade, Sec-WebSocket-Key")),
    "an upgrade to h2c": (200, page("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")),
}
HOSTILE = {**BODIES, **LINES, **TARGETS, **HANDSHAKES}
