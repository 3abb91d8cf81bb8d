#include "protocol/url_query.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

TEST_CASE("parameters are found by their whole name, the first one first") {
  struct Row {
    std::string_view query;
    std::optional<std::string_view> token;
  };
  const Row rows[] = {
      {"token=x", "x"},
      {"a=1&token=x&b=2", "x"},
      {"token=x&token=y", "x"},
      {"token=", ""},
      {"token", ""},
      {"token=a=b", "a=b"},
      {"&&token=x", "x"},
      {"", std::nullopt},
      {"=x", std::nullopt},
      {"xtoken=x", std::nullopt},
      {"tokens=x", std::nullopt},
      {"Token=x", std::nullopt},
      {"a=token=x", std::nullopt},
      {"%74oken=x", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.query);
    const test::GuardedBytes guarded(row.query);
    CHECK(find_parameter(guarded.text(), "token") == row.token);
  }
}

TEST_CASE("percent-decoding") {
  using namespace std::string_literals;
  struct Row {
    std::string_view text;
    std::optional<std::string> decoded;
  };
  const Row rows[] = {
      {"", ""},
      {"abc", "abc"},
      {"a%2Fb%2f", "a/b/"},
      {"%00", "\0"s},
      {"%FF%c3", "\xFF\xC3"},
      {"a+b", "a+b"},
      {"%2525", "%25"},
      {"%", std::nullopt},
      {"%4", std::nullopt},
      {"a%", std::nullopt},
      {"%4g", std::nullopt},
      {"%g4", std::nullopt},
      {"%%41", std::nullopt},
      {"% 1", std::nullopt},
      {"%+1", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const test::GuardedBytes guarded(row.text);
    CHECK(percent_decoded(guarded.text()) == row.decoded);
  }
}

TEST_CASE("every byte survives an encoding of it") {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string encoded{'%', kDigits[byte / 16], kDigits[byte % 16]};
    CHECK(percent_decoded(encoded) == std::string(1, static_cast<char>(byte)));
  }
}

}  // namespace
}  // namespace sentix::protocol
