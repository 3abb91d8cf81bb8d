#include "protocol/accept_key.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

std::string_view text(const AcceptKey& key) {
  return {key.data(), key.size()};
}

TEST_CASE("accept keys") {
  struct Row {
    std::string_view key, accept;
  };
  const Row rows[] = {
      {"dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},  // RFC 6455 §1.3
      {"x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="},
      {"AAAAAAAAAAAAAAAAAAAAAA==", "ICX+Yqv66kxgM0FcWaLWlFLwTAI="},
  };
  for (const Row& row : rows) {
    const test::GuardedBytes guarded(row.key);
    CHECK(text(accept_key(guarded.text())) == row.accept);
  }
}

TEST_CASE("keys are base64 of sixteen bytes") {
  for (const std::string_view key : {"dGhlIHNhbXBsZSBub25jZQ==", "AAAAAAAAAAAAAAAAAAAAAA==", "////////////////////+w==",
                                     "0123456789abcdefghijkl=="}) {
    CAPTURE(key);
    CHECK(is_websocket_key(test::GuardedBytes(key).text()));
  }
  for (const std::string_view key :
       {"", "==", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZQAA", "dGhlIHNhbXBsZSBub25jZ===", "dGhlIHNhbXBsZSBub25jZQA=",
        "dGhl IHNhbXBsZSBub25jZ==", "dGhlIHNhbXBsZSBub25j-Q==", "dGhlIHNhbXBsZSBub25jZQ==dGhl"}) {
    CAPTURE(key);
    CHECK_FALSE(is_websocket_key(test::GuardedBytes(key).text()));
  }
}

}  // namespace
}  // namespace sentix::protocol
