#include "auth/keyed_hash.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "test/support/guard_page.h"

namespace sentix::auth {
namespace {

TEST_CASE("the hash depends on every byte, on the length and on the key") {
  const KeyedHash hash({1, 2});
  std::set<std::uint64_t> seen;
  std::size_t count = 0;
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string zeros(size, '\0');
    const test::GuardedBytes guarded(zeros);
    seen.insert(hash(guarded.text()));
    ++count;
    for (std::size_t at = 0; at < size; ++at) {
      for (const char flipped : {'\x01', '\x80'}) {
        std::string text = zeros;
        text[at] = flipped;
        seen.insert(hash(text));
        ++count;
      }
    }
  }
  CHECK(seen.size() == count);
  CHECK(hash("x") == KeyedHash({1, 2})("x"));
  CHECK(hash("x") != KeyedHash({1, 3})("x"));
  CHECK(hash("x") != KeyedHash({0, 2})("x"));
}

// Of the paper's algorithm with 1 and 3 rounds, key 00 01 .. 0f, message 00 01 ..; the program that made them gives the
// paper's own vector with 2 and 4 rounds.
TEST_CASE("vectors") {
  const KeyedHash hash({0x0706050403020100, 0x0f0e0d0c0b0a0908});
  std::string message;
  struct Vector {
    std::size_t size;
    std::uint64_t expected;
  };
  const Vector vectors[] = {
      {0, 0xabac0158050fc4dc},  {1, 0xc9f49bf37d57ca93},  {7, 0xd3927d989bb11140},  {8, 0x369095118d299a8e},
      {15, 0xd320d86d2a519956}, {16, 0xcc4fdd1a7d908b66}, {63, 0x9d199062b7bbb3a8},
  };
  for (const Vector& vector : vectors) {
    message.clear();
    for (std::size_t i = 0; i < vector.size; ++i) {
      message += static_cast<char>(i);
    }
    CAPTURE(vector.size);
    CHECK(hash(message) == vector.expected);
  }
}

}  // namespace
}  // namespace sentix::auth
