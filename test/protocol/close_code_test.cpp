#include "protocol/close_code.h"

#include <doctest/doctest.h>

#include <initializer_list>

namespace sentix::protocol {
namespace {

// RFC 6455 §7.4 read as a list of ranges, both ends included.
bool rfc_allows(int code) {
  if (code <= 999) return false;   // §7.4.2: not used
  if (code <= 1003) return true;   // §7.4.1
  if (code == 1004) return false;  // §7.4.1: reserved
  if (code <= 1006) return false;  // §7.4.1: must not be set by an endpoint
  if (code <= 1014) return true;   // §7.4.1, and 1012-1014 of the IANA registry
  if (code == 1015) return false;  // §7.4.1: must not be set by an endpoint
  if (code <= 2999) return false;  // §7.4.2: for the protocol's future
  return code <= 4999;             // §7.4.2: registered, then private use
}

TEST_CASE("every 16-bit close code is allowed or refused as RFC 6455 says") {
  int wrong = 0;
  for (int code = 0; code <= 0xFFFF; ++code) {
    wrong += may_be_sent(static_cast<CloseCode>(code)) == rfc_allows(code) ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("sentix's own codes may be sent") {
  for (const CloseCode code :
       {CloseCode::not_authenticated, CloseCode::forbidden, CloseCode::over_capacity, CloseCode::slow_reader,
        CloseCode::rate_limited, CloseCode::authentication_timeout, CloseCode::server_leaving, CloseCode::no_pong}) {
    CHECK(may_be_sent(code));
  }
}

}  // namespace
}  // namespace sentix::protocol
