#include "protocol/request_target.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

TEST_CASE("targets and their parts") {
  struct Row {
    std::string_view whole, authority, path, query;
  };
  const Row rows[] = {
      {"/", "", "/", ""},
      {"/ws", "", "/ws", ""},
      {"/ws?", "", "/ws", ""},
      {"/ws?token=a?b/c", "", "/ws", "token=a?b/c"},
      {"/%77s", "", "/%77s", ""},
      {"/a/../b", "", "/a/../b", ""},
      {"//host/x", "", "//host/x", ""},
      {"/http://host/", "", "/http://host/", ""},
      {"http://host", "host", "/", ""},
      {"http://host/", "host", "/", ""},
      {"HTTP://Host:8080/ws?x=1", "Host:8080", "/ws", "x=1"},
      {"https://host?x=/", "host", "/", "x=/"},
      {"http://[::1]:80/ws", "[::1]:80", "/ws", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.whole);
    const test::GuardedBytes guarded(row.whole);
    const auto target = parse_request_target(guarded.text());
    REQUIRE(target.has_value());
    CHECK(target->whole == row.whole);
    CHECK(target->authority == row.authority);
    CHECK(target->path == row.path);
    CHECK(target->query == row.query);
  }
}

TEST_CASE("what is no target of an origin server") {
  for (const std::string_view text :
       {"", "*", "ws", "?a=b", "host:443", "http", "http:", "http:/", "http://", "http:///x", "http://?x",
        "httpss://host/", "ws://host/", "ftp://host/", "hhttp://host/"}) {
    CAPTURE(text);
    const test::GuardedBytes guarded(text);
    CHECK_FALSE(parse_request_target(guarded.text()).has_value());
  }
}

TEST_CASE("hosts") {
  for (const std::string_view text :
       {"a", "localhost", "localhost:8080", "example.com.", "127.0.0.1:", "127.0.0.1:80", "a_b", "[::1]", "[::1]:8080",
        "[::ffff:1.2.3.4]", "xn--bcher-kva.example", "a%41"}) {
    CAPTURE(text);
    const test::GuardedBytes guarded(text);
    CHECK(is_host_and_port(guarded.text()));
  }
  for (const std::string_view text : {"",      ":80",    "a b",    "a:b",    "a:80:80",   "a:80 ", "::1",
                                      "[::1",  "::1]",   "[]",     "[::1]x", "[::1]x:80", "[a/b]", "user@host",
                                      "host/", "host?x", "host#x", "a,\tb",  "\xC3\xA4",  "a:-1",  "[::1%25lo]"}) {
    CAPTURE(text);
    const test::GuardedBytes guarded(text);
    CHECK_FALSE(is_host_and_port(guarded.text()));
  }
}

}  // namespace
}  // namespace sentix::protocol
