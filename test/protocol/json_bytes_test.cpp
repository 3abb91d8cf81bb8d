#include "protocol/json_bytes.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "test/support/guard_page.h"

using namespace sentix::protocol;
using sentix::test::GuardedBytes;

namespace {

bool is_special(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

}  // namespace

TEST_CASE("the first special byte is found at every place, whatever stands around it") {
  for (std::size_t size = 0; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char special : {'"', '\\', '\0', '\x1f'}) {
        // Neighbours that differ from a special byte by one bit or one step: a borrow or a carry would show on them.
        for (const char around : {' ', '!', '#', '[', ']', '\x7f', '\x80', '\xa2', '\xdc', '\xff'}) {
          std::string text(size, around);
          text[at] = special;
          text.back() = special;
          const GuardedBytes guarded(text);
          const char* const begin = guarded.text().data();
          CHECK(find_json_special(begin, begin + size) - begin == static_cast<std::ptrdiff_t>(at));
        }
      }
    }
  }
}

TEST_CASE("each pair of neighbouring bytes is told right") {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      std::string text = "__________";
      text[2] = static_cast<char>(first);
      text[3] = static_cast<char>(second);
      const std::ptrdiff_t expected = is_special(text[2]) ? 2 : is_special(text[3]) ? 3 : 10;
      REQUIRE(find_json_special(text.data(), text.data() + text.size()) - text.data() == expected);
    }
  }
}

TEST_CASE("four hexadecimal digits") {
  CHECK(parse_hex4("0000") == 0);
  CHECK(parse_hex4("00e9") == 0xE9);
  CHECK(parse_hex4("aBcD") == 0xABCD);
  CHECK(parse_hex4("FFFF") == 0xFFFF);
  CHECK(parse_hex4("9afA") == 0x9AFA);
  for (std::size_t at = 0; at < 4; ++at) {
    for (const char wrong : {'/', ':', '@', 'G', '`', 'g', ' ', '-', '"', '\0', '\xff'}) {
      std::string digits = "1234";
      digits[at] = wrong;
      CHECK(parse_hex4(digits.data()) == -1);
    }
  }
}

TEST_CASE("surrogates are two ranges") {
  CHECK_FALSE(is_high_surrogate(0xD7FF));
  CHECK(is_high_surrogate(0xD800));
  CHECK(is_high_surrogate(0xDBFF));
  CHECK_FALSE(is_high_surrogate(0xDC00));
  CHECK_FALSE(is_low_surrogate(0xDBFF));
  CHECK(is_low_surrogate(0xDC00));
  CHECK(is_low_surrogate(0xDFFF));
  CHECK_FALSE(is_low_surrogate(0xE000));
  CHECK_FALSE(is_low_surrogate(-1));
}
