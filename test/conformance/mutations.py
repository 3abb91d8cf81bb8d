#!/usr/bin/env python3
"""Shows that the case tables have teeth: breaks a copy of sentix on purpose, and sees whether they notice.

    test/conformance/mutations.py [NUMBER...]                  all of them: about ten seconds each

Each mutation is one line of the implementation, changed to a mistake that servers really make. It prints which case
catches it, and exits 1 where one goes unnoticed. test_mutations.py sees to it that they still apply.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = ("test_rfc6455.py", "test_rfc7692.py")


class Mutation(NamedTuple):
    mistake: str
    path: str
    correct: str  # which stands in the file once
    wrong: str


READER, RULES = "protocol/message_reader.cpp", "protocol/frame_rules.h"
CLOSE, UTF8 = "protocol/close_frame.cpp", "protocol/utf8.cpp"
NEGOTIATION, INFLATER, DEFLATER = (f"protocol/deflate/{name}.cpp" for name in ("negotiation", "inflater", "deflater"))

MUTATIONS = (
    Mutation("unmasked frames are taken", RULES, "if (header.masked != (context.role == Role::server)) {",
             "if (header.masked && context.role != Role::server) {"),
    Mutation("reserved bits are ignored", RULES,
             "if (header.rsv != 0 && !frame_rules_detail::begins_compressed(header, context)) {",
             "if (header.rsv != 0 && header.opcode == Opcode::close) {"),
    Mutation("a length may take more bytes than it needs", RULES,
             "if (header.size != frame_header_size(header.payload_length, header.masked)) {",
             "if (header.size < frame_header_size(header.payload_length, header.masked)) {"),
    Mutation("control frames may be fragmented", RULES, "if (!header.fin) {",
             "if (!header.fin && header.opcode == Opcode::close) {"),
    Mutation("control frames may be one byte too long", RULES, "if (header.payload_length > kControlPayloadMax) {",
             "if (header.payload_length > kControlPayloadMax + 1) {"),
    Mutation("a text may begin inside a message", RULES, "case Opcode::text:  // §5.4: messages do not interleave",
             "case Opcode::text: return frame_rules_detail::check_size(header, context);"),
    Mutation("the largest message may be one byte larger", RULES,
             "context.message_bytes > message_bytes_max - header.payload_length",
             "context.message_bytes > message_bytes_max - header.payload_length + 1"),
    Mutation("the masking key begins anew with every segment", READER,
             "gathered.key = advanced(gathered.key, arrived.size());", ""),
    Mutation("UTF-8 is judged at the end of a message only", READER,
             "!ascii && !gathered.utf8.feed(arrived)) {",
             "!ascii && !gathered.utf8.feed(arrived) && gathered.missing == 0 && gathered.fin) {"),
    Mutation("a text may end inside a character", READER, "if (!cold_->utf8.complete()) {", "if (false) {"),
    Mutation("surrogates are taken for characters", UTF8, "lead == 0xED ? 0x9F : kContinuationMax", "kContinuationMax"),
    Mutation("a code that must not be sent closes normally", CLOSE, "if (!may_be_sent(code)) {", "if (false) {"),
    Mutation("the reason of a close frame may be anything", CLOSE, "if (!valid_utf8(reason)) {", "if (false) {"),
    Mutation("a close frame may carry one byte", CLOSE, "return {.violation = Violation::close_payload_of_one_byte};",
             "return {};"),
    Mutation("the close frame comes back without its code", "core/connection.cpp",
             "begin_closing(protocol::close_frame(incoming.close_code), false);",
             "begin_closing(protocol::close_frame(protocol::CloseCode::no_status), false);"),
    Mutation("a window of 8 bits is promised", NEGOTIATION,
             "if (server_window_bits_max < Deflater::kWindowBitsMin) return std::nullopt;", ""),
    Mutation("the window that a client asks for is not kept to", NEGOTIATION,
             "std::min(policy.server_window_bits, server_window_bits_max)", "policy.server_window_bits"),
    Mutation("a parameter may be repeated", NEGOTIATION, "return !std::exchange(flag, true) && !parameter.value;",
             "flag = true; return !parameter.value;"),
    Mutation("a message refers to the one before, although that was not agreed", DEFLATER,
             "} else if (takeover_ == ContextTakeover::no) {", "} else if (false) {"),
    Mutation("what a sender leaves out is sent", DEFLATER, "frame.extend(*size - kTailBytes);",
             "frame.extend(*size);"),
    Mutation("nothing may follow a final block", INFLATER, "if (status == Z_STREAM_END) ::inflateReset(&z);",
             "if (status == Z_STREAM_END) return Result::ok;"),
    Mutation("a message that was cut is taken", INFLATER,
             "if (result == Result::ok && !stream_->between_blocks()) result = Result::invalid;", ""),
    Mutation("inflated text may be anything", READER,
             "if (message_opcode_ == Opcode::text && !valid_utf8(cold_->message.payload())) {", "if (false) {"),
    Mutation("RSV1 may be set on later fragments", RULES,
             "(header.opcode == Opcode::text || header.opcode == Opcode::binary);", "!is_control(header.opcode);"),
)


def copy_of_sources(folder):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)


def build(folder):
    """Whether it compiles."""
    command = ["cmake", "--build", folder / "build", "--target", "sentix_binary"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def noticed(folder):
    """What the first table that fails says of the first case that fails; None where both pass."""
    environment = {**os.environ, "SENTIX": str(folder / "build/sentix"), "FIRST_FAILURE": "1",
                   "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": f"{ROOT / 'test/e2e'}:{ROOT / 'tools/dev'}"}
    for table in TABLES:
        command = [sys.executable, "-m", "unittest", "discover", "--start-directory", ROOT / "test/conformance",
                   "--pattern", table]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            failure = re.search(r"^FAILED (.*)", run.stdout, re.MULTILINE)
            return failure.group(1) if failure else run.stderr[-500:]
    return None


def try_out(mutation, folder):
    """What notices the mistake; None: nothing does."""
    path = folder / mutation.path
    correct = path.read_text()
    path.write_text(correct.replace(mutation.correct, mutation.wrong))
    try:
        return noticed(folder) if build(folder) else "the compiler"
    finally:
        path.write_text(correct)


def main():
    with tempfile.TemporaryDirectory(prefix="sentix-mutations-") as name:
        folder = pathlib.Path(name)
        copy_of_sources(folder)
        subprocess.run(["cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                        "-DSENTIX_TESTS=OFF"], check=True, capture_output=True)
        if not build(folder) or noticed(folder) is not None:
            raise SystemExit("mutations: sentix itself does not build or does not pass its tables")
        wanted = [int(argument) for argument in sys.argv[1:]] or range(1, len(MUTATIONS) + 1)
        unnoticed = 0
        for number in wanted:
            mutation = MUTATIONS[number - 1]
            by = try_out(mutation, folder)
            unnoticed += by is None
            print(f"{number:2} {mutation.mistake}\n     {by or 'UNNOTICED'}", flush=True)
    print(f"{len(wanted)} mutations, {unnoticed} unnoticed")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
