#include "protocol/violation.h"

#include <doctest/doctest.h>

#include <set>
#include <string_view>

#include "protocol/close_frame.h"

namespace sentix::protocol {
namespace {

TEST_CASE("the table has one row for each violation, in the order of the enum") {
  REQUIRE(violations().size() == static_cast<std::size_t>(Violation::bad_compressed_data) + 1);
  for (std::size_t i = 0; i < violations().size(); ++i) {
    CAPTURE(i);
    CHECK(violations()[i].violation == static_cast<Violation>(i));
    CHECK(&info(static_cast<Violation>(i)) == &violations()[i]);
  }
}

TEST_CASE("each row can be sent as a close frame, and tells the rows apart") {
  std::set<std::string_view> texts;
  for (const ViolationInfo& row : violations()) {
    CAPTURE(row.text);
    CHECK(texts.insert(row.text).second);
    CHECK(row.text.size() > 0);
    CHECK(row.text.size() <= kCloseReasonBytesMax);
    CHECK(row.section.size() > 0);
    CHECK(may_be_sent(row.close_code));
  }
}

TEST_CASE("close codes are those RFC 6455 names for the kind of violation") {
  CHECK(info(Violation::reserved_opcode).close_code == CloseCode::protocol_error);
  CHECK(info(Violation::unmasked_frame).close_code == CloseCode::protocol_error);
  CHECK(info(Violation::frame_too_large).close_code == CloseCode::message_too_big);
  CHECK(info(Violation::message_too_large).close_code == CloseCode::message_too_big);
  CHECK(info(Violation::text_not_utf8).close_code == CloseCode::invalid_payload);
  CHECK(info(Violation::close_reason_not_utf8).close_code == CloseCode::invalid_payload);
  CHECK(info(Violation::close_code_not_allowed).close_code == CloseCode::protocol_error);
}

}  // namespace
}  // namespace sentix::protocol
