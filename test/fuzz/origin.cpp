// Rules for origins. The input is a rule, a line feed and an origin. The properties:
//  - what is no rule but `*` or `null` matches nothing; a rule without a star matches itself and its capitals;
//  - `https://*.HOST` matches what ends in `.HOST`, and nothing with a character that no host has;
//  - a page is of the same origin as a host only where that origin, as a rule, would match.
#include "protocol/origin.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>

#include "test/fuzz/require.h"

namespace {

using namespace sentix::protocol;
using sentix::test::require;

std::string capitals(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size < 1024 ? size : 1024);
  const std::size_t cut = std::min(input.find('\n'), input.size());
  const std::string_view rule = input.substr(0, cut);
  const std::string_view origin = input.substr(std::min(cut + 1, input.size()));

  const bool matches = matches_origin(rule, origin);
  require(matches_origin("*", origin));
  require(matches_origin("null", origin) == (origin == "null"));
  if (is_origin_rule(rule) && rule.find('*') == std::string_view::npos) require(matches_origin(rule, rule));
  if (rule != "null") require(matches_origin(rule, capitals(origin)) == matches || origin == "null");

  if (matches_origin("https://*.example.com", origin)) {
    const std::string text = capitals(origin);
    require(text.starts_with("HTTPS://") &&
            (text.ends_with(".EXAMPLE.COM") || text.ends_with(".EXAMPLE.COM:443") || text.ends_with(".EXAMPLE.COM:")));
    require(text.find_first_of("/?#@ \\", 8) == std::string::npos);
  }
  if (is_same_origin(origin, "example.com:8080")) {
    const std::string text = capitals(origin);
    require(text.substr(text.find("://")) == "://EXAMPLE.COM:8080");
  }
  return 0;
}
