#include "protocol/origin.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

TEST_CASE("what a rule is") {
  for (const std::string_view rule :
       {"*", "null", "https://example.com", "http://localhost:8080", "https://*.example.com",
        "https://*.example.com:8443", "http://[::1]:8080", "chrome-extension://abcdef"}) {
    CAPTURE(rule);
    CHECK(is_origin_rule(rule));
  }
  for (const std::string_view rule :
       {"", "example.com", "https://", "https://example.com/", "https://example.com/chat", "https://*", "https://*.",
        "https://*.*.example.com", "https://a.*.example.com", "https://a*.example.com", "*.example.com",
        "://example.com", "1http://example.com", "https://exa mple.com", "https://example.com:x",
        "https://user@example.com"}) {
    CAPTURE(rule);
    CHECK_FALSE(is_origin_rule(rule));
  }
}

TEST_CASE("which origins a rule means") {
  struct Case {
    std::string_view rule;
    std::string_view origin;
    bool expected;
  };
  const Case cases[] = {
      {"https://example.com", "https://example.com", true},
      {"https://example.com", "HTTPS://EXAMPLE.com", true},
      {"https://example.com", "https://example.com:443", true},
      {"https://example.com:443", "https://example.com", true},
      {"http://example.com", "http://example.com:80", true},
      {"https://example.com", "https://example.com:80", false},
      {"https://example.com", "http://example.com", false},
      {"https://example.com", "https://www.example.com", false},
      {"https://example.com", "https://example.com.evil.org", false},
      {"https://example.com", "https://example.com/", false},
      {"https://example.com", "", false},
      {"https://example.com", "null", false},
      {"http://[::1]:8080", "http://[::1]:8080", true},
      {"http://[::1]", "http://[::1]:8080", false},
      {"https://*.example.com", "https://a.example.com", true},
      {"https://*.example.com", "https://A.b.Example.com", true},
      {"https://*.example.com", "https://example.com", false},
      {"https://*.example.com", "https://.example.com", false},
      {"https://*.example.com", "https://a..example.com", false},
      {"https://*.example.com", "https://evilexample.com", false},
      {"https://*.example.com", "https://a.example.com:8443", false},
      {"https://*.example.com", "https://a.example.com.evil.org", false},
      {"https://*.example.com", "https://evil.org/.example.com", false},
      {"https://*.example.com", "https://evil.org?.example.com", false},
      {"https://*.example.com", "https://evil.org#.example.com", false},
      {"https://*.example.com", "https://evil@a.example.com", false},
      {"https://*.example.com:8443", "https://a.example.com:8443", true},
      {"null", "null", true},
      {"null", "https://null", false},
      {"*", "https://anything", true},
      {"*", "null", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.rule);
    CAPTURE(c.origin);
    const test::GuardedBytes rule(c.rule);
    const test::GuardedBytes origin(c.origin);
    CHECK(matches_origin(rule.text(), origin.text()) == c.expected);
  }
}

TEST_CASE("a page that talks to where it came from") {
  CHECK(is_same_origin("https://example.com", "example.com"));
  CHECK(is_same_origin("https://example.com", "EXAMPLE.com:443"));
  CHECK(is_same_origin("http://example.com", "example.com:80"));
  CHECK(is_same_origin("http://localhost:8080", "localhost:8080"));
  CHECK(is_same_origin("http://[::1]:8080", "[::1]:8080"));
  CHECK_FALSE(is_same_origin("https://evil.org", "example.com"));
  CHECK_FALSE(is_same_origin("https://a.example.com", "example.com"));
  CHECK_FALSE(is_same_origin("http://localhost:3000", "localhost:8080"));
  CHECK_FALSE(is_same_origin("https://example.com", "example.com:8443"));
  CHECK_FALSE(is_same_origin("null", "example.com"));
  CHECK_FALSE(is_same_origin("", ""));
  CHECK_FALSE(is_same_origin("https://example.com", ""));
}

}  // namespace
}  // namespace sentix::protocol
