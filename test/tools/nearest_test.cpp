#include "tools/sentix/nearest.h"

#include <doctest/doctest.h>

using namespace sentix::tools;

TEST_CASE("the distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "abc") == 0);
  CHECK(edit_distance("port", "prot") == 1);
  CHECK(edit_distance("port", "ports") == 1);
  CHECK(edit_distance("port", "pot") == 1);
  CHECK(edit_distance("port", "part") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the distance is the same both ways") {
  const std::vector<std::string> words{"", "a", "ab", "ba", "port", "host", "max_clients", "max_client"};
  for (const auto& a : words) {
    for (const auto& b : words) {
      CHECK(edit_distance(a, b) == edit_distance(b, a));
    }
  }
}

TEST_CASE("a suggestion is the nearest name, or none") {
  const std::vector<std::string> known{"host", "port", "max_clients"};
  CHECK(suggestion("prot", known) == " (did you mean \"port\"?)");
  CHECK(suggestion("maxclients", known) == " (did you mean \"max_clients\"?)");
  CHECK(suggestion("colour", known).empty());
  CHECK(suggestion("", known).empty());
  CHECK(suggestion(std::string(1 << 20, 'x'), known).empty());
}
