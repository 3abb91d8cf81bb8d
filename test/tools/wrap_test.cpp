#include "tools/sentix/wrap.h"

#include <doctest/doctest.h>

using namespace sentix::tools;

TEST_CASE("text is broken at spaces") {
  CHECK(wrapped("", 10).empty());
  CHECK(wrapped("one two", 10) == "one two");
  CHECK(wrapped("one two three", 7) == "one two\nthree");
  CHECK(wrapped("one two three", 8, "# ") == "one two\n# three");
  CHECK(wrapped("a incomprehensible b", 4) == "a\nincomprehensible\nb");
}
