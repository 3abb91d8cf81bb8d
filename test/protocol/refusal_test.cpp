#include "protocol/refusal.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "protocol/http_response.h"

namespace sentix::protocol {
namespace {

TEST_CASE("each refusal has a status that can be sent, a section, and a sentence of its own") {
  std::set<std::string> sentences;
  for (std::size_t i = 0; i < kRefusalCount; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    const RefusalInfo& info = describe(refusal);
    CAPTURE(info.sentence);
    CHECK(info.refusal == refusal);
    CHECK_FALSE(reason_phrase(info.status).empty());
    CHECK(info.section.starts_with("RFC "));
    CHECK(info.sentence.ends_with('.'));
    CHECK(sentences.insert(std::string(info.sentence)).second);
  }
}

TEST_CASE("what is not 400") {
  const std::map<Refusal, int> statuses{
      {Refusal::unsupported_version, 505},
      {Refusal::request_line_too_long, 431},
      {Refusal::header_line_too_long, 431},
      {Refusal::head_too_large, 431},
      {Refusal::too_many_headers, 431},
      {Refusal::body_not_allowed, 413},
      {Refusal::upgrade_over_http_1_0, 505},
      {Refusal::method_not_allowed, 405},
      {Refusal::unknown_path, 404},
      {Refusal::unsupported_websocket_version, 426},
      {Refusal::origin_not_allowed, 403},
      {Refusal::upgrade_required, 426},
      {Refusal::unauthenticated, 401},
      {Refusal::cannot_judge, 503},
      {Refusal::forbidden, 403},
      {Refusal::handshake_timeout, 408},
      {Refusal::too_many_requests, 429},
      {Refusal::over_capacity, 503},
      {Refusal::short_of_memory, 503},
      {Refusal::going_away, 503},
      {Refusal::length_required, 411},
      {Refusal::body_too_large, 413},
  };
  for (std::size_t i = 0; i < kRefusalCount; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    CAPTURE(describe(refusal).sentence);
    const auto listed = statuses.find(refusal);
    CHECK(describe(refusal).status == (listed == statuses.end() ? 400 : listed->second));
  }
}

}  // namespace
}  // namespace sentix::protocol
