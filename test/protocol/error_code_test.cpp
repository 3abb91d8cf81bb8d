#include "protocol/error_code.h"

#include <doctest/doctest.h>

using namespace sentix::protocol;

TEST_CASE("every error code has the name that clients know") {
  CHECK(wire_name(ErrorCode::bad_request) == "bad_request");
  CHECK(wire_name(ErrorCode::unknown_type) == "unknown_type");
  CHECK(wire_name(ErrorCode::unauthenticated) == "unauthenticated");
  CHECK(wire_name(ErrorCode::forbidden) == "forbidden");
  CHECK(wire_name(ErrorCode::not_found) == "not_found");
  CHECK(wire_name(ErrorCode::not_subscribed) == "not_subscribed");
  CHECK(wire_name(ErrorCode::channel_full) == "channel_full");
  CHECK(wire_name(ErrorCode::too_large) == "too_large");
  CHECK(wire_name(ErrorCode::rate_limited) == "rate_limited");
  CHECK(wire_name(ErrorCode::limit_exceeded) == "limit_exceeded");
  CHECK(wire_name(ErrorCode::internal) == "internal");
}
