#include "protocol/close_frame.h"

#include <doctest/doctest.h>

#include <string>

#include "protocol/frame_header.h"
#include "test/support/cuts.h"
#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

using test::bytes_of;

TEST_CASE("an empty payload has no status") {
  const CloseStatus status = parse_close({});
  CHECK_FALSE(status.violation);
  CHECK(status.code == CloseCode::no_status);
  CHECK(status.reason.empty());
}

TEST_CASE("a code, with and without a reason") {
  const CloseStatus bare = parse_close(bytes_of({0x03, 0xE8}));
  CHECK_FALSE(bare.violation);
  CHECK(bare.code == CloseCode::normal);
  CHECK(bare.reason.empty());

  const test::GuardedBytes payload(
      "\x10\x68"
      "so long 👋");
  const CloseStatus told = parse_close(payload.span());
  CHECK_FALSE(told.violation);
  CHECK(told.code == CloseCode::server_leaving);
  CHECK(told.reason == "so long 👋");
}

TEST_CASE("what a close frame must not carry") {
  CHECK(parse_close(bytes_of({0x03})).violation == Violation::close_payload_of_one_byte);
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    CAPTURE(code);
    CHECK(parse_close(bytes_of({code >> 8, code & 0xFF})).violation == Violation::close_code_not_allowed);
  }
  CHECK(parse_close(bytes_of({0x03, 0xE8, 0xFF})).violation == Violation::close_reason_not_utf8);
  CHECK(parse_close(bytes_of({0x03, 0xE8, 0xE2, 0x82})).violation == Violation::close_reason_not_utf8);
}

TEST_CASE("a close frame that was built is parsed to the same") {
  const SharedFrame frame = close_frame(CloseCode::slow_reader, "too slow");
  FrameHeader header;
  CHECK(decode_frame_header(frame.bytes(), header) == 2);
  CHECK(header == FrameHeader{.opcode = Opcode::close, .size = 2, .payload_length = 10});
  const CloseStatus status = parse_close(frame.payload());
  CHECK(status.code == CloseCode::slow_reader);
  CHECK(status.reason == "too slow");
}

TEST_CASE("a close frame without status is empty") {
  CHECK(test::as_text(close_frame(CloseCode::no_status).bytes()) == std::string("\x88\x00", 2));
}

TEST_CASE("a reason that does not fit is cut at the end of a character") {
  for (std::size_t lead = 0; lead < 4; ++lead) {
    CAPTURE(lead);
    std::string reason(lead, 'x');
    while (reason.size() < 200) {
      reason += "😀";
    }
    const SharedFrame frame = close_frame(CloseCode::normal, reason);
    const CloseStatus status = parse_close(frame.payload());
    CHECK_FALSE(status.violation);
    CHECK(status.reason.size() > kCloseReasonBytesMax - 4);
    CHECK(status.reason.size() <= kCloseReasonBytesMax);
    CHECK(reason.starts_with(status.reason));
  }
  const std::string fits(kCloseReasonBytesMax, 'x');
  CHECK(parse_close(close_frame(CloseCode::normal, fits).payload()).reason == fits);
}

TEST_CASE("cutting at characters") {
  CHECK(cut_at_character("abc", 3) == "abc");
  CHECK(cut_at_character("abc", 2) == "ab");
  CHECK(cut_at_character("a€b", 4) == "a€");
  CHECK(cut_at_character("a€b", 3) == "a");
  CHECK(cut_at_character("a€b", 2) == "a");
  CHECK(cut_at_character("€", 2).empty());
  CHECK(cut_at_character("abc", 0).empty());
}

}  // namespace
}  // namespace sentix::protocol
