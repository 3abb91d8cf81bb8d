#include "core/admin/query.h"

#include <doctest/doctest.h>

using namespace sentix;

namespace {

core::AdminQuery query(protocol::HttpRequest& head, std::string_view text) {
  head.target.query = text;
  return core::AdminQuery({head, ""});
}

}  // namespace

TEST_CASE("parameters are decoded") {
  protocol::HttpRequest head;
  core::AdminQuery some = query(head, "after=a%2Fb%C3%A9&limit=007");
  CHECK(some.text("after") == "a/b\xC3\xA9");
  CHECK(some.number("limit", 100, 1000) == 7);
  CHECK(some.text("prefix").empty());
  CHECK(some.number("other", 100, 1000) == 100);
  CHECK(some.problem().empty());
}

TEST_CASE("what is wrong with a parameter is said") {
  protocol::HttpRequest head;
  for (const char* bad : {"a=%", "a=%zz", "a=%FF"}) {
    CAPTURE(bad);
    core::AdminQuery text = query(head, bad);
    CHECK(text.text("a").empty());
    CHECK(text.problem() == "a is not UTF-8 in percent-encoding.");
  }
  for (const char* bad : {"n=0", "n=", "n=-1", "n=1001", "n=1x", "n=99999999999999999999999", "n=1e2"}) {
    CAPTURE(bad);
    core::AdminQuery number = query(head, bad);
    CHECK(number.number("n", 100, 1000) == 100);
    CHECK(number.problem() == "n is a number from 1 to 1000.");
  }
}
