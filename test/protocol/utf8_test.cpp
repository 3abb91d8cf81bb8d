#include "protocol/utf8.h"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <random>
#include <string>
#include <vector>

#include "test/support/cuts.h"
#include "test/support/guard_page.h"
#include "test/support/naive_utf8.h"

namespace sentix::protocol {
namespace {

using test::as_bytes;
using test::bytes_of;
using test::GuardedBytes;
using test::naive_utf8;
using test::naive_utf8_can_continue;

bool valid_in_pieces(const test::Pieces& pieces) {
  Utf8Validator validator;
  for (const auto piece : pieces) {
    if (!validator.feed(piece)) {
      return false;
    }
  }
  return validator.complete();
}

// How many bytes are taken, one at a time, before one is refused.
std::size_t accepted_bytes(std::span<const std::byte> text) {
  Utf8Validator validator;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!validator.feed(text.subspan(at, 1))) {
      return at;
    }
  }
  return text.size();
}

TEST_CASE("vectors") {
  for (const char* text : {"", "hello", "κόσμε", "привет", "日本語", "😀", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF",
                           "\xED\x9F\xBF", "\xEE\x80\x80", "\xC2\x80", "\xE0\xA0\x80", "\xF0\x90\x80\x80"}) {
    CAPTURE(text);
    CHECK(valid_utf8(as_bytes(text)));
  }
  CHECK(valid_utf8(as_bytes(std::string_view("nul \0 is a character", 20))));
}

TEST_CASE("what no text can contain is refused at the first byte that shows it") {
  const struct {
    std::vector<std::byte> text;
    std::size_t refused_at;
  } kVectors[] = {
      {bytes_of({0x80}), 0},                          // a continuation byte alone
      {bytes_of({0xC0}), 0},                          // overlong whatever follows
      {bytes_of({0xC1}), 0},                          //
      {bytes_of({0xE0, 0x9F, 0x80}), 1},              // overlong, three bytes
      {bytes_of({0xF0, 0x8F, 0x80, 0x80}), 1},        // overlong, four bytes
      {bytes_of({0xED, 0xA0, 0x80}), 1},              // a surrogate
      {bytes_of({0xED, 0xBF, 0xBF}), 1},              //
      {bytes_of({0xF4, 0x90, 0x80, 0x80}), 1},        // above U+10FFFF
      {bytes_of({0xF5}), 0},                          //
      {bytes_of({0xFF}), 0},                          //
      {bytes_of({'a', 0xC3, 'b'}), 2},                // cut by ASCII
      {bytes_of({0xE2, 0x82, 0xE2, 0x82, 0xAC}), 2},  // cut by another character
      {bytes_of({0xCE, 0xBA, 0xED, 0xA0, 0x80}), 3},  // Autobahn 6.4
  };
  for (const auto& vector : kVectors) {
    CAPTURE(vector.refused_at);
    CHECK_FALSE(valid_utf8(vector.text));
    CHECK(accepted_bytes(vector.text) == vector.refused_at);
  }
}

TEST_CASE("an incomplete character is no violation before the end") {
  for (const char* text : {"\xC3", "\xE2\x82", "\xF0\x9F\x98", "long enough for the bulk of it, then \xF0\x9F\x98"}) {
    CAPTURE(text);
    Utf8Validator validator;
    CHECK(validator.feed(as_bytes(text)));
    CHECK_FALSE(validator.complete());
    CHECK_FALSE(valid_utf8(as_bytes(text)));
  }
}

TEST_CASE("every sequence of up to three bytes: as the naive way, and refused at the first byte that cannot go on") {
  // One value for each range that RFC 3629 tells apart, both ends of it.
  const auto kEdges = bytes_of({0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
                                0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF});
  int wrong = 0;
  const auto check = [&wrong](const std::vector<std::byte>& text) {
    std::size_t accepted = 0;
    while (accepted < text.size() && naive_utf8_can_continue(std::span(text).first(accepted + 1))) {
      ++accepted;
    }
    wrong += valid_utf8(text) == naive_utf8(text) && accepted_bytes(text) == accepted ? 0 : 1;
  };
  for (int first = 0; first < 0x100; ++first) {
    check(bytes_of({first}));
    for (int second = 0; second < 0x100; ++second) {
      check(bytes_of({first, second}));
      for (const std::byte third : kEdges) {
        check({static_cast<std::byte>(first), static_cast<std::byte>(second), third});
        check({static_cast<std::byte>(first), static_cast<std::byte>(second), third, std::byte{0x80}});
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("however a text is cut, the answer is the same") {
  const std::string valid = "ascii, then κόσμε, 日本語 and 😀; and more than a word of ascii again … 😀😀😀😀";
  for (const std::string& text : {valid, valid + "\xC3", valid + "\xED\xA0\x80" + valid, "\xF0\x9F\x98" + valid,
                                  valid.substr(0, 20) + "\xFF" + valid}) {
    const bool expected = naive_utf8(as_bytes(text));
    test::for_each_cut(text, [&](const test::Pieces& pieces) { REQUIRE(valid_in_pieces(pieces) == expected); });
  }
}

TEST_CASE("one wrong byte is found at every place of texts of every size, with nothing read behind them") {
  for (std::size_t size = 1; size <= 200; ++size) {
    CAPTURE(size);
    std::string text(size, 'x');
    REQUIRE(valid_utf8(GuardedBytes(text).span()));
    for (std::size_t at = 0; at < size; ++at) {
      text[at] = '\x80';
      REQUIRE_FALSE(valid_utf8(GuardedBytes(text).span()));
      text[at] = 'x';
    }
  }
}

TEST_CASE("simdjson, the naive way and pieces agree on random texts that are nearly valid") {
  std::mt19937 random(6455);
  const std::string kParts[] = {"a", "abcdefgh", "é", "€", "😀", "\xED", "\x80", "\xF4\x8F", "\xE0\xA0"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const std::size_t parts = random() % 40;
    for (std::size_t i = 0; i < parts; ++i) {
      text += kParts[random() % (random() % 8 == 0 ? 9 : 5)];
    }
    const bool expected = naive_utf8(as_bytes(text));
    REQUIRE(simdjson::validate_utf8(text) == expected);
    REQUIRE(valid_utf8(as_bytes(text)) == expected);
    REQUIRE(valid_in_pieces(test::pieces_of(as_bytes(text), 1 + random() % 50)) == expected);
  }
}

TEST_CASE("the state is small") {
  CHECK(sizeof(Utf8Validator) <= 4);
}

}  // namespace
}  // namespace sentix::protocol
