#include "protocol/forwarded.h"

#include <doctest/doctest.h>

#include <string>

#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

using Kind = ForwardedNode::Kind;

std::string nodes_of(ForwardedHeader header, std::string_view list) {
  const test::GuardedBytes guarded(list);
  const auto nodes = forwarded_nodes(header, guarded.text());
  if (!nodes) return "malformed";
  std::string text;
  for (const std::string_view node : *nodes) {
    text += "<" + std::string(node) + ">";
  }
  return text;
}

TEST_CASE("the elements of X-Forwarded-For") {
  const auto nodes = [](std::string_view list) { return nodes_of(ForwardedHeader::x_forwarded_for, list); };
  CHECK(nodes("") == "");
  CHECK(nodes("192.0.2.1") == "<192.0.2.1>");
  CHECK(nodes("192.0.2.1,192.0.2.2 ,\t2001:db8::1") == "<192.0.2.1><192.0.2.2><2001:db8::1>");
  CHECK(nodes(", ,192.0.2.1,,") == "<192.0.2.1>");
  CHECK(nodes("\"a, b") == "<\"a><b>");
}

TEST_CASE("the values of for in Forwarded, by the grammar of RFC 7239") {
  const auto nodes = [](std::string_view list) { return nodes_of(ForwardedHeader::forwarded, list); };
  CHECK(nodes("") == "");
  CHECK(nodes("for=192.0.2.43") == "<192.0.2.43>");
  CHECK(nodes("for=\"_gazonk\"") == "<_gazonk>");
  CHECK(nodes("For=\"[2001:db8:cafe::17]:4711\"") == "<[2001:db8:cafe::17]:4711>");
  CHECK(nodes("for=192.0.2.60;proto=http;by=203.0.113.43") == "<192.0.2.60>");
  CHECK(nodes("by=\"a,b;c\\\"d\" ; for=192.0.2.60") == "<192.0.2.60>");
  CHECK(nodes("for=192.0.2.43, for=198.51.100.17") == "<192.0.2.43><198.51.100.17>");
  CHECK(nodes("for=192.0.2.43 , proto=https ,,;for=\"\";") == "<192.0.2.43><><>");
  CHECK(nodes(";;") == "");
  for (const std::string_view list :
       {"192.0.2.1", "for", "for=", "for=192.0.2.1;for=192.0.2.2", "for =192.0.2.1", "for= 192.0.2.1",
        "for=\"192.0.2.1", "for=\"192.0.2.1\\", "for=[2001:db8::1]", "for=192.0.2.1:80", "for=192.0.2.1 proto=http",
        "for=\"a\"b", "=a", "for=\"x, for=192.0.2.1", "for=192.0.2.1=1"}) {
    CAPTURE(list);
    CHECK(nodes(list) == "malformed");
  }
}

std::string said(std::string_view node) {
  const test::GuardedBytes guarded(node);
  const ForwardedNode read = parse_forwarded_node(guarded.text());
  return read.kind == Kind::address   ? to_text(read.from.ip) + " " + std::to_string(read.from.port)
         : read.kind == Kind::unknown ? "unknown"
                                      : "malformed";
}

TEST_CASE("what a hop says") {
  CHECK(said("192.0.2.1") == "192.0.2.1 0");
  CHECK(said("192.0.2.1:4711") == "192.0.2.1 4711");
  CHECK(said("192.0.2.1:_hidden") == "192.0.2.1 0");
  CHECK(said("[2001:db8::1]") == "2001:db8::1 0");
  CHECK(said("[2001:db8::1]:4711") == "2001:db8::1 4711");
  CHECK(said("2001:db8::1") == "2001:db8::1 0");
  CHECK(said("::ffff:192.0.2.1") == "192.0.2.1 0");
  for (const std::string_view node : {"", "unknown", "UNKNOWN", "unknown:80", "_proxy-1", "_a.B_9:80", "_a:_b"}) {
    CAPTURE(node);
    CHECK(said(node) == "unknown");
  }
  for (const std::string_view node :
       {"_", "_a b", "_a/b", "example.com", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:80:80", "[192.0.2.1]", "[",
        "[2001:db8::1", "[2001:db8::1]x", "[2001:db8::1]:", "[]", "[unknown]", ":80", "192.0.2.01", "fe80::1%1", "]"}) {
    CAPTURE(node);
    CHECK(said(node) == "malformed");
  }
}

}  // namespace
}  // namespace sentix::protocol
