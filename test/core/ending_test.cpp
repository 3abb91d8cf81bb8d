#include "core/ending.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

#include "protocol/close_frame.h"

using namespace sentix;
using core::describe;
using core::Ending;
using protocol::CloseCode;
using protocol::Refusal;

TEST_CASE("every ending has a name of its own, fit for a label, and a sentence") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < core::kEndingCount; ++i) {
    const core::EndingInfo& info = describe(static_cast<Ending>(i));
    CHECK(names.insert(info.name).second);
    CHECK(info.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    CHECK_FALSE(info.sentence.empty());
  }
}

TEST_CASE("a limit that was met is named with its figure, and fits the reason of a close frame") {
  core::Options options;
  options.pong_timeout = std::chrono::milliseconds(1500);
  options.outbox_hard_bytes = 4096;
  CHECK(core::limit_clause(Ending::no_pong, options) == ": pong_timeout is 1500 ms");
  CHECK(core::limit_clause(Ending::slow_reader, options) == ": outbox_hard_bytes is 4096");
  CHECK(core::limit_clause(Ending::lost, options).empty());
  CHECK(core::limit_text(describe(Ending::lost), options).empty());
  options.outbox_hard_bytes = ~std::size_t{0};
  for (std::size_t i = 0; i < core::kEndingCount; ++i) {
    const auto ending = static_cast<Ending>(i);
    CHECK(describe(ending).setting.empty() == (describe(ending).limit == nullptr));
    const std::string reason = std::string(describe(ending).sentence) + core::limit_clause(ending, options);
    CHECK(reason.size() <= protocol::kCloseReasonBytesMax);
  }
}

TEST_CASE("refusals and close codes have endings") {
  CHECK(core::ending_of(Refusal::bad_method) == Ending::bad_request);
  CHECK(core::ending_of(Refusal::too_many_headers) == Ending::head_too_large);
  CHECK(core::ending_of(Refusal::over_capacity) == Ending::server_full);
  CHECK(core::ending_of(Refusal::too_many_requests) == Ending::address_full);
  CHECK(core::ending_of(Refusal::tls_required) == Ending::tls_failed);
  CHECK(core::ending_of(Refusal::going_away) == Ending::going_away);
  CHECK(core::ending_of(CloseCode::slow_reader) == Ending::slow_reader);
  CHECK(core::ending_of(CloseCode::not_authenticated) == Ending::not_authenticated);
  CHECK(core::ending_of(CloseCode::normal) == Ending::closed_by_application);
  CHECK(core::ending_of(static_cast<CloseCode>(4999)) == Ending::closed_by_application);
}
