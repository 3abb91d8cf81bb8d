"""protocol/wire.md: every transcript and handshake in it, played against the binary; and that none is missing."""

import pathlib
import re
import unittest

from support.raw_client import RawClient
from support.server import Server
from transcript import Block, Mismatch, Player, blocks, sent_types

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "protocol/wire.md").read_text(encoding="utf-8")


def with_configs(document):
    """The blocks of a document, each with the last configuration that stands before it."""
    config = ""
    for block in blocks(document):
        if block.info == "toml":
            config = block.text
        else:
            yield block, config


def play(block, config=""):
    with Server("--admin", "off", config=config) as server, Player(server) as player:
        player.play(block)


class Transcripts(unittest.TestCase):
    def test_every_transcript_is_what_happens(self):
        for block, config in with_configs(DOCUMENT):
            if block.info == "wire":
                with self.subTest(line=block.line):
                    play(block, config)

    def test_every_handshake_is_what_happens(self):
        for block, config in with_configs(DOCUMENT):
            if block.info == "http":
                asked, answered = block.text.split("\n\n", 1)
                status, *fields = answered.split("\n")[:-1]
                with Server("--admin", "off", config=config) as server, RawClient(server) as client:
                    client.send((asked + "\n\n").replace("\n", "\r\n").encode())
                    code, headers = client.receive_head()
                self.assertEqual(status.split()[1], str(code))
                self.assertEqual(dict(field.lower().split(": ", 1) for field in fields),
                                 {name: value.lower() for name, value in headers.items() if name != "date"})

    def test_every_message_of_the_protocol_has_its_transcript(self):
        shown = {step for block in blocks(DOCUMENT) if block.info == "wire" for step in sent_types(block.text)}
        commands = re.findall(r'\{CommandType::\w+, "(\w+)"', (ROOT / "protocol/command_rules.h").read_text())
        events = re.findall(r'open_(?:message|reply)\("(\w+)"', (ROOT / "protocol/event_encoder.cpp").read_text())
        self.assertGreater(min(len(commands), len(events)), 7)
        for way, kind in [(">", name) for name in commands] + [("<", name) for name in events]:
            if kind != "gap":  # which this version never sends
                self.assertIn((way, kind), shown)

    def test_every_error_code_has_its_row(self):
        names = re.search(r"kWireNames = \{(.*?)\};", (ROOT / "protocol/error_code.cpp").read_text(), re.DOTALL)[1]
        for code in re.findall(r'"(\w+)"', names):
            self.assertRegex(DOCUMENT, rf"(?m)^\| .*`{code}`.* \|$")


class ThePlayerItself(unittest.TestCase):
    """A transcript that is not what happens is noticed."""

    def check_mismatch(self, text, expected):
        with self.assertRaisesRegex(Mismatch, expected):
            play(Block(1, "wire", text))

    def test_what_is_right_passes(self):
        play(Block(1, "wire", 'ann < {"type":"welcome","connection":"<c>","protocol":1}\n'
                              'ann > {"type":"ping","id":1}\nann < {"type":"pong","id":1}\n'))

    def test_another_answer(self):
        self.check_mismatch('ann > {"type":"ping","id":1}\nann < {"type":"pong","id":2}\n', "line 2: .*\n.*it got: ")

    def test_an_answer_that_is_not_shown(self):
        self.check_mismatch('ann > {"type":"ping","id":1}\n', "silent about what ann got")

    def test_a_value_that_is_not_what_it_was(self):
        welcome = '{"type":"welcome","connection":"<c>","protocol":1}'
        self.check_mismatch(f"ann < {welcome}\nbob < {welcome}\n", "line 2")

    def test_a_value_that_nobody_has_said(self):
        self.check_mismatch('ann > {"type":"ping","id":"<c>"}\n', "nobody has said what <c> is")

    def test_a_line_that_is_no_step(self):
        self.check_mismatch("ann says hello\n", "line 1 is no step")


if __name__ == "__main__":
    unittest.main()
