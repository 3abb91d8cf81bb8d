#include "protocol/json_writer.h"

#include <doctest/doctest.h>

#include <utility>

#include "test/support/cuts.h"

using namespace sentix::protocol;
using sentix::test::as_text;

TEST_CASE("commas stand between, and only between") {
  JsonWriter out(0);
  out.open('{').key("a").number(1).key("b").open('[').close(']').key("c").open('[');
  out.string("x").boolean(true).raw("null").open('{').close('}').open('[').number(18446744073709551615U).close(']');
  out.close(']').key("d").boolean(false).key("e").open('{').key("f").string("g").close('}').close('}');
  const std::size_t size = out.size();
  const SharedFrame frame = std::move(out).finish();
  CHECK(as_text(frame.payload()) ==
        R"({"a":1,"b":[],"c":["x",true,null,{},[18446744073709551615]],"d":false,"e":{"f":"g"}})");
  CHECK(size == frame.payload().size());
}

TEST_CASE("strings are escaped, and the frame is one of text") {
  JsonWriter out(8);
  out.string("a\"\n");
  const SharedFrame frame = std::move(out).finish();
  CHECK(as_text(frame.bytes()) == "\x81\x07\"a\\\"\\n\"");
}
