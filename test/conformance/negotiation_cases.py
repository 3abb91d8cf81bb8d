"""What is agreed for which offer (RFC 7692 §5, §7.1; RFC 6455 §9.1), and messages as agreed, in both directions."""

import random

from support.raw_client import BINARY, TEXT

from cuts import ONCE
from deflate_cases import AGREED, PROTOCOL_ERROR, DeflateCase
from deflate_client import Deflater, compressed
from table import echoed, gets

NOTHING = None
REFUSED = 400
WINDOWS = range(8, 16)
NO_TAKEOVER = ("", "; server_no_context_takeover", "; client_no_context_takeover",
               "; server_no_context_takeover; client_no_context_takeover")


def window(bits):
    return f"{AGREED}; server_max_window_bits={bits}"


# The client's headers, one a line, and the server's answer.
ACCEPTED = (
    ("7.1", "permessage-deflate", AGREED),
    ("7.1.1.1", "permessage-deflate; server_no_context_takeover", AGREED),
    ("7.1.1.2", "permessage-deflate; client_no_context_takeover", AGREED),
    ("7.1", "permessage-deflate; client_no_context_takeover; server_no_context_takeover", AGREED),
    ("7.1.2.2", "permessage-deflate; client_max_window_bits", AGREED),
    *(("7.1.2.2", f"permessage-deflate; client_max_window_bits={bits}", AGREED) for bits in WINDOWS),
    *(("7.1.2.1", f"permessage-deflate; server_max_window_bits={bits}", window(bits)) for bits in WINDOWS[1:]),
    ("7.1", "permessage-deflate; client_max_window_bits; server_max_window_bits=10", window(10)),
    ("5.1", "permessage-deflate; server_max_window_bits=12; client_max_window_bits=9; server_no_context_takeover",
     window(12)),
    ("5.2", 'permessage-deflate; server_max_window_bits="10"', window(10)),
    ("5.2", 'permessage-deflate; client_max_window_bits="10"', AGREED),
    ("5.2", 'permessage-deflate; server_max_window_bits="\\1\\0"', window(10)),
    ("5.2", "permessage-deflate;server_max_window_bits=10;client_max_window_bits", window(10)),
    ("5.2", "permessage-deflate \t;  server_max_window_bits=10 ;\tclient_max_window_bits ", window(10)),
    ("5.2", ", permessage-deflate", AGREED),
    ("5.2", "permessage-deflate, ,", AGREED),
    # Several offers, in the order of preference.
    ("5.1", "permessage-deflate, permessage-deflate; server_max_window_bits=10", AGREED),
    ("5.1", "permessage-deflate; server_max_window_bits=10, permessage-deflate", window(10)),
    ("5.1", "permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=9", window(9)),
    ("5.1", "permessage-deflate; server_max_window_bits=8, permessage-deflate", AGREED),
    ("5.1", "permessage-deflate; unknown, permessage-deflate; client_max_window_bits", AGREED),
    ("5.1", "permessage-deflate; server_max_window_bits, permessage-deflate; server_max_window_bits=11", window(11)),
    ("5.1", "x-webkit-deflate-frame, permessage-deflate", AGREED),
    ("5.1", 'permessage-unknown; a; b=c; d="e", permessage-deflate', AGREED),
    ("5.1", ", ".join(["permessage-deflate; unknown"] * 30 + ["permessage-deflate"]), AGREED),
    ("5.1", "permessage-unknown\npermessage-deflate", AGREED),
    ("5.1", "permessage-deflate; server_max_window_bits=9\npermessage-deflate", window(9)),
    ("5.1", "permessage-deflate; server_max_window_bits=8\npermessage-deflate; server_max_window_bits=14", window(14)),
)

FLAGS = ("server_no_context_takeover", "client_no_context_takeover")
BITS = ("server_max_window_bits", "client_max_window_bits")
# §7: a parameter that is unknown, repeated, or has a value that it may not have declines its offer.
DECLINED = (
    *(("7", f"permessage-deflate; {name}") for name in ("unknown", "unknown=1", "server_max_window_bit=10",
                                                         "max_window_bits=10", "no_context_takeover")),
    *(("7.1.1", f"permessage-deflate; {flag}={value}") for flag in FLAGS for value in ("1", "true", "15", '"on"')),
    *(("7.1", f"permessage-deflate; {name}; {name}") for name in FLAGS),
    *(("7.1", f"permessage-deflate; {name}=10; {name}={value}") for name in BITS for value in (10, 11)),
    ("7.1", "permessage-deflate; client_max_window_bits; client_max_window_bits"),
    ("7.1", "permessage-deflate; client_max_window_bits; client_max_window_bits=10"),
    *(("7.1.2", f"permessage-deflate; {name}={value}") for name in BITS
      for value in ("0", "1", "7", "16", "08", "09", "015", "+9", "-9", "9.0", "0x9", "1e1", "99", "100", "nine",
                    "4294967305", "18446744073709551625", '"08"', '"16"')),
    ("7.1.2.1", "permessage-deflate; server_max_window_bits"),
    ("7.1.2.1", "permessage-deflate; server_max_window_bits=8"),
    ("5.1", "permessage-deflate; unknown, permessage-deflate; server_max_window_bits=8"),
    *(("5.1", name) for name in ("x-webkit-deflate-frame", "permessage-bzip2", "permessage", "permessage-deflate2",
                                 "deflate", "permessage_deflate")),
)

# RFC 6455 §9.1: a header that breaks the grammar, in whatever part, fails the handshake.
MALFORMED = ("permessage-deflate;", ";", "=", "permessage-deflate; =1", "permessage-deflate; a=", "a b",
             "permessage-deflate; a b", "permessage-deflate; a=b c", "permessage-deflate; ; a",
             "permessage-deflate; a==b", 'permessage-deflate; a="', 'permessage-deflate; a="b', "permessage-deflate=1",
             'permessage-deflate; a=""', 'permessage-deflate; a="b c"', 'permessage-deflate; a="b"c',
             'permessage-deflate; "a"=b', '"permessage-deflate"', "permessage-deflate; a=b=c", "permessage/deflate",
             "permessage-deflate; a=(b)", "permessage-deflate, ;", "permessage-deflate, a b", "{permessage-deflate}",
             "permessage-deflate\npermessage-deflate;", "permessage-deflate; a=b\\", "permessage-deflate@")


def accepted_offers():
    for section, offers, answer in ACCEPTED:
        lines = offers.split("\n")
        message = b"Hello, " * 1000
        steps = [*echoed(TEXT, b"plain"), compressed(TEXT, Deflater()(message)), gets(TEXT, message)]
        yield DeflateCase(shortened(offers), section, steps, None, ONCE, lines, answer)


def declined_offers():
    """The connection goes on without: what is sent comes back plain, and RSV1 is a reserved bit."""
    for section, offers in DECLINED:
        yield DeflateCase(shortened(offers), section, echoed(TEXT, b"a" * 5000), None, ONCE, [offers], NOTHING)
        yield DeflateCase(f"{shortened(offers)}; then RSV1", section, [compressed(TEXT, b"\0")], PROTOCOL_ERROR, ONCE,
                          [offers], NOTHING)


def malformed_offers():
    for offers in MALFORMED:
        yield DeflateCase(shortened(offers), "RFC 6455 9.1", [b""], None, ONCE, offers.split("\n"), REFUSED)


def shortened(offers):
    return offers.replace("\n", " / ") if len(offers) < 150 else offers[:150] + " ..."


def as_agreed():
    """Messages under every combination of parameters: each side keeps to its window."""
    messages = conversation()
    for server_bits in (None, *WINDOWS[1:]):
        for client_bits in (None, "", *WINDOWS[1:]):
            deflate = Deflater(client_bits or 15)
            steps = [step for opcode, payload in messages
                     for step in (compressed(opcode, deflate(payload)), gets(opcode, payload))]
            for flags in NO_TAKEOVER:
                offer = f"permessage-deflate{flags}"
                if server_bits:
                    offer += f"; server_max_window_bits={server_bits}"
                if client_bits is not None:
                    offer += "; client_max_window_bits" + (f"={client_bits}" if client_bits else "")
                yield DeflateCase(offer, "7.1", steps, None, ONCE, [offer],
                                  window(server_bits) if server_bits else AGREED)


def conversation():
    """Messages that tempt a sender to refer back farther than each window allows, and to earlier messages."""
    noise = random.Random(7).randbytes(9000)
    yield TEXT, b"The same words, the same words. " * 20
    yield TEXT, b"The same words, the same words. " * 20
    yield BINARY, b""
    for bits in (9, 11, 13):
        yield BINARY, (noise[: (1 << bits) + 100] + bytes(300)) * 3
