#include "core/cluster/line_splitter.h"

#include <doctest/doctest.h>

#include <vector>

using sentix::core::LineSplitter;

namespace {

std::vector<std::string> lines_of(const std::vector<std::string>& pieces) {
  std::vector<std::string> lines;
  const auto take = [&](std::string_view line) { lines.emplace_back(line); };
  LineSplitter splitter;
  for (const std::string& piece : pieces) {
    splitter.add(piece, take);
  }
  splitter.finish(take);
  return lines;
}

}  // namespace

TEST_CASE("lines are the same however they are cut") {
  const std::string text = "one\n\nthree and more\nthe rest";
  const std::vector<std::string> expected{"one", "", "three and more", "the rest"};
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CHECK(lines_of({text.substr(0, cut), text.substr(cut)}) == expected);
  }
  std::vector<std::string> bytes;
  for (const char c : text) {
    bytes.emplace_back(1, c);
  }
  CHECK(lines_of(bytes) == expected);
}

TEST_CASE("a line without end is cut where it becomes too long") {
  constexpr std::size_t kMax = LineSplitter::kLineBytesMax;
  const std::vector<std::string> lines = lines_of({std::string(2 * kMax + 1, 'x')});
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].size() == kMax);
  CHECK(lines[2] == "x");
  CHECK(lines_of({std::string(kMax, 'x') + "\ny\n"}) == std::vector<std::string>{std::string(kMax, 'x'), "y"});
}
