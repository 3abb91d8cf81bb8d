#include "protocol/deflate/extension_offers.h"

#include <doctest/doctest.h>

#include <string>

#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

using Offers = std::vector<ExtensionOffer>;

TEST_CASE("what clients send") {
  CHECK(parse_extensions("permessage-deflate") == Offers{{.name = "permessage-deflate"}});
  CHECK(parse_extensions("permessage-deflate; client_max_window_bits") ==
        Offers{{.name = "permessage-deflate", .parameters = {{.name = "client_max_window_bits"}}}});
  CHECK(parse_extensions("permessage-deflate; server_max_window_bits=9;client_max_window_bits , permessage-deflate") ==
        Offers{{.name = "permessage-deflate",
                .parameters = {{.name = "server_max_window_bits", .value = "9"}, {.name = "client_max_window_bits"}}},
               {.name = "permessage-deflate"}});
}

TEST_CASE("whitespace, empty elements and quotes") {
  CHECK(parse_extensions("") == Offers{});
  CHECK(parse_extensions(" , ,,") == Offers{});
  CHECK(parse_extensions(",a ,\t, b\t; c = d ,") ==
        Offers{{.name = "a"}, {.name = "b", .parameters = {{.name = "c", .value = "d"}}}});
  CHECK(parse_extensions(R"(a; b="9"; c="1\5")") ==
        Offers{{.name = "a", .parameters = {{.name = "b", .value = "9"}, {.name = "c", .value = "15"}}}});
  CHECK(parse_extensions("a;b;b;b=c") ==
        Offers{{.name = "a", .parameters = {{.name = "b"}, {.name = "b"}, {.name = "b", .value = "c"}}}});
}

TEST_CASE("anything else is malformed") {
  for (const std::string bad : {";",
                                "=",
                                "a;",
                                "a; ;b",
                                "a;=b",
                                "a; b=",
                                "a; b=;",
                                "a b",
                                "a; b c",
                                "a; b=c d",
                                "a=b",
                                "a; b=\"",
                                "a; b=\"c",
                                "a; b=\"\"",
                                "a; b=\"c d\"",
                                "a; b=\"c\\",
                                "a; b=\"c\\\"",
                                "a; b=\"c\\\"\"",
                                "a; b=\"c,d\"",
                                "a; b=\"c\"d",
                                "a/b",
                                "a; b=(c)",
                                "\"a\"",
                                "a\x7F",
                                "a; \"b\"",
                                "\xC3\xA4"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_extensions(bad));
  }
}

TEST_CASE("nothing is read beyond the text, wherever it ends") {
  const std::string whole = "permessage-deflate; server_max_window_bits=\"1\\5\"; x=y , b;c";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const test::GuardedBytes guarded(std::as_bytes(std::span(whole)).first(size));
    const auto text = guarded.span();
    const auto offers = parse_extensions({reinterpret_cast<const char*>(text.data()), text.size()});
    CHECK(offers == parse_extensions(whole.substr(0, size)));
  }
}

}  // namespace
}  // namespace sentix::protocol
