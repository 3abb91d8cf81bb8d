#include "protocol/json_syntax.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "test/support/guard_page.h"
#include "test/support/simdjson_dom.h"

using namespace sentix::protocol;
using namespace std::string_literals;
using namespace std::string_view_literals;
using sentix::test::dom_error;
using sentix::test::GuardedBytes;
using sentix::test::is_about_numbers;

namespace {

std::string nested(std::size_t depth, char open, std::string_view inside, char close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open == '{' && i > 0 ? "\"k\":{"s : std::string(1, open);
  return text + std::string(inside) + std::string(depth, close);
}

const std::vector<std::string_view> kValid = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-0.0",
    "10",
    "1.5",
    "1e5",
    "1E+5",
    "1e-05",
    "0e0",
    "-1.25e2",
    "123456789012345678",
    R"("")",
    R"("text")",
    R"("\"\\\/\b\f\n\r\t")",
    R"("\u0000\u00e9\u20AC\uFFFF")",
    R"("\ud83d\ude00")",
    R"("\uDBFF\uDFFF")",
    "\"\x7f\"",
    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
    "{}",
    "[]",
    "[[],{}]",
    " [ 1 , 2 ] ",
    "\t\n\r {\r\n\t \"a\"\t:\n1\r} \t\n\r",
    R"({"a":1,"a":2,"":{"b":[null,true,false,"x",1.5e3,{}]}})",
    R"([1,[2,[3,[4]]],{"a":{"b":{}}}])",
    R"("0123456789012345678901234567890123456789")",
};

// What the grammar allows, and simdjson's DOM refuses.
const std::vector<std::string_view> kValidNumbersBeyondADouble = {
    "1e400",
    "-1e400",
    "18446744073709551616",
    "-9223372036854775809",
    "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890",
    "[1e999999999999]",
};

struct Invalid {
  std::string_view text;
  JsonFault fault;
  std::size_t offset;
};

const std::vector<Invalid> kInvalid = {
    {"", JsonFault::unexpected_end, 0},
    {" ", JsonFault::unexpected_end, 1},
    {"nul", JsonFault::unexpected_end, 3},
    {"nulL", JsonFault::unexpected_byte, 3},
    {"True", JsonFault::unexpected_byte, 0},
    {"nullx", JsonFault::unexpected_byte, 4},
    {"null null", JsonFault::unexpected_byte, 5},
    {"NaN", JsonFault::unexpected_byte, 0},
    {"Infinity", JsonFault::unexpected_byte, 0},
    {"-Infinity", JsonFault::bad_number, 1},
    {"\xEF\xBB\xBFnull", JsonFault::unexpected_byte, 0},
    {"null\0"sv, JsonFault::unexpected_byte, 4},
    {"\x0b"
     "1",
     JsonFault::unexpected_byte, 0},
    {"\x0c"
     "1",
     JsonFault::unexpected_byte, 0},
    {"\xc2\xa0"
     "1",
     JsonFault::unexpected_byte, 0},
    {"/**/1", JsonFault::unexpected_byte, 0},
    {"'a'", JsonFault::unexpected_byte, 0},
    // Numbers
    {"-", JsonFault::unexpected_end, 1},
    {"+1", JsonFault::unexpected_byte, 0},
    {"01", JsonFault::unexpected_byte, 1},
    {"-01", JsonFault::unexpected_byte, 2},
    {"00", JsonFault::unexpected_byte, 1},
    {".5", JsonFault::unexpected_byte, 0},
    {"1.", JsonFault::unexpected_end, 2},
    {"[1.]", JsonFault::bad_number, 3},
    {"1.e5", JsonFault::bad_number, 2},
    {"1e", JsonFault::unexpected_end, 2},
    {"1e+", JsonFault::unexpected_end, 3},
    {"[1e-]", JsonFault::bad_number, 4},
    {"1.2.3e", JsonFault::unexpected_byte, 3},
    {"01.2.3e", JsonFault::unexpected_byte, 1},
    {"1e5e5", JsonFault::unexpected_byte, 3},
    {"1e5.5", JsonFault::unexpected_byte, 3},
    {"0x10", JsonFault::unexpected_byte, 1},
    {"1_000", JsonFault::unexpected_byte, 1},
    {"--1", JsonFault::bad_number, 1},
    // Strings
    {"\"", JsonFault::unexpected_end, 1},
    {"\"abc", JsonFault::unexpected_end, 4},
    {"\"abc\\\"", JsonFault::unexpected_end, 6},
    {"\"abc\\", JsonFault::unexpected_end, 4},
    {"\"a\nb\"", JsonFault::control_character, 2},
    {"\"a\0b\"", JsonFault::unexpected_end, 2},
    {"\"a\0b\""sv, JsonFault::control_character, 2},
    {"\"0123456789\x1f\"", JsonFault::control_character, 11},
    {R"("\a")", JsonFault::bad_escape, 1},
    {R"("\'")", JsonFault::bad_escape, 1},
    {R"("\x41")", JsonFault::bad_escape, 1},
    {R"("\U0041")", JsonFault::bad_escape, 1},
    {R"("\u12")", JsonFault::unexpected_end, 1},
    {R"("\u12g4")", JsonFault::bad_escape, 1},
    {R"("\u 123")", JsonFault::bad_escape, 1},
    {R"("\ud800")", JsonFault::lone_surrogate, 1},
    {R"("\ud800\u0041")", JsonFault::lone_surrogate, 1},
    {R"("\ud800\ud800")", JsonFault::lone_surrogate, 1},
    {R"("\ud800x\udc00")", JsonFault::lone_surrogate, 1},
    {R"("\ud83d\ude0")", JsonFault::lone_surrogate, 1},
    {R"("ab\udc00")", JsonFault::lone_surrogate, 3},
    {R"("\ude00\ud83d")", JsonFault::lone_surrogate, 1},
    // Arrays and objects
    {"[", JsonFault::unexpected_end, 1},
    {"]", JsonFault::unexpected_byte, 0},
    {"[1", JsonFault::unexpected_end, 2},
    {"[1,", JsonFault::unexpected_end, 3},
    {"[1,]", JsonFault::unexpected_byte, 3},
    {"[,1]", JsonFault::unexpected_byte, 1},
    {"[1 2]", JsonFault::unexpected_byte, 3},
    {"[1 2,,3 nul]", JsonFault::unexpected_byte, 3},
    {"[1,,2]", JsonFault::unexpected_byte, 3},
    {"[1}", JsonFault::unexpected_byte, 2},
    {"[]]", JsonFault::unexpected_byte, 2},
    {"{", JsonFault::unexpected_end, 1},
    {"}", JsonFault::unexpected_byte, 0},
    {"{]", JsonFault::unexpected_byte, 1},
    {R"({"a")", JsonFault::unexpected_end, 4},
    {R"({"a"})", JsonFault::unexpected_byte, 4},
    {R"({"a":)", JsonFault::unexpected_end, 5},
    {R"({"a":})", JsonFault::unexpected_byte, 5},
    {R"({"a":1)", JsonFault::unexpected_end, 6},
    {R"({"a":1,)", JsonFault::unexpected_end, 7},
    {R"({"a":1,})", JsonFault::unexpected_byte, 7},
    {R"({"a" 1})", JsonFault::unexpected_byte, 5},
    {R"({"a":1 "b":2})", JsonFault::unexpected_byte, 7},
    {R"({"a":1;"b":2})", JsonFault::unexpected_byte, 6},
    {R"({a:1})", JsonFault::unexpected_byte, 1},
    {R"({1:1})", JsonFault::unexpected_byte, 1},
    {R"({null:1})", JsonFault::unexpected_byte, 1},
    {R"({"a":1]})", JsonFault::unexpected_byte, 6},
    {R"({"a":1}})", JsonFault::unexpected_byte, 7},
    {R"({"a":1}x)", JsonFault::unexpected_byte, 7},
    {R"({"a\q":1})", JsonFault::bad_escape, 3},
};

}  // namespace

TEST_CASE("every valid text is accepted, by simdjson's DOM too") {
  for (const std::string_view text : kValid) {
    CAPTURE(text);
    CHECK(validate_json(text) == JsonError{JsonFault::none, text.size()});
    CHECK(dom_error(text) == simdjson::SUCCESS);
  }
}

TEST_CASE("numbers may have any size and precision") {
  for (const std::string_view text : kValidNumbersBeyondADouble) {
    CAPTURE(text);
    CHECK_FALSE(validate_json(text));
    CHECK(is_about_numbers(dom_error(text)));
  }
}

TEST_CASE("every invalid text is refused where it goes wrong, and by simdjson's DOM too") {
  for (const Invalid& invalid : kInvalid) {
    CAPTURE(invalid.text);
    const JsonError error = validate_json(invalid.text);
    CHECK(describe(error.fault) == describe(invalid.fault));
    CHECK(error.offset == invalid.offset);
    if (invalid.fault != JsonFault::lone_surrogate) CHECK(dom_error(invalid.text) != simdjson::SUCCESS);
  }
}

TEST_CASE("each of the 256 bytes in a string") {
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    // At every place of the eight bytes that are looked at together, before and behind one that has its highest bit
    // set.
    for (std::size_t at = 0; at < 16; ++at) {
      std::string text = "\"\xff_____________\xff_\"";
      text[at + 1] = static_cast<char>(byte);
      const bool special = byte < 0x20 || byte == '"' || byte == '\\';
      const JsonError error = validate_json(text);
      CHECK(static_cast<bool>(error) == special);
      if (byte < 0x20) CHECK(error == JsonError{JsonFault::control_character, at + 1});
    }
  }
}

TEST_CASE("white space is these four and nothing else") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool white = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    for (const std::string& text : {c + "[1]"s, "["s + c + "true]", "[true"s + c + "]", "[true]"s + c}) {
      CAPTURE(text);
      CHECK(static_cast<bool>(validate_json(text)) == !white);
    }
  }
}

TEST_CASE("64 levels are the most") {
  for (const char open : {'[', '{'}) {
    const char close = open == '[' ? ']' : '}';
    CHECK_FALSE(validate_json(nested(64, open, "", close)));
    const std::size_t offset_of_65th = open == '[' ? 64 : 64 * std::string_view(R"({"k":)").size();
    CHECK(validate_json(nested(65, open, "", close)) == JsonError{JsonFault::too_deep, offset_of_65th});
  }
  CHECK_FALSE(validate_json(nested(63, '[', R"({"a":1},{"b":2})", ']')));
  CHECK(validate_json(nested(63, '[', R"({"a":1},{"b":[]})", ']')).fault == JsonFault::too_deep);
}

TEST_CASE("which container is open is remembered through 64 levels") {
  // Each bit of `shape` makes one level an object or an array; a bracket of the wrong kind must be noticed at each
  // level.
  for (const std::uint64_t shape : {std::uint64_t{0x5555555555555555}, std::uint64_t{0xF0F0123456789ABC}}) {
    std::string open, close;
    for (unsigned level = 0; level < 64; ++level) {
      const bool object = (shape >> level & 1) != 0;
      open += object ? (level == 63 ? "{" : R"({"k":)") : "[";
      close.insert(close.begin(), object ? '}' : ']');
    }
    CHECK_FALSE(validate_json(open + close));
    for (std::size_t i = 0; i < close.size(); ++i) {
      std::string wrong = close;
      wrong[i] = wrong[i] == '}' ? ']' : '}';
      CHECK(validate_json(open + wrong) == JsonError{JsonFault::unexpected_byte, open.size() + i});
    }
  }
}

TEST_CASE("a long run of opening brackets costs no stack") {
  CHECK(validate_json(std::string(1 << 20, '[')) == JsonError{JsonFault::too_deep, 64});
}

TEST_CASE("no prefix of a container or string is valid, and none is read past its end") {
  for (const std::string_view text : kValid) {
    const bool self_delimiting = text.back() == '"' || text.back() == ']' || text.back() == '}';
    for (std::size_t size = 0; size <= text.size(); ++size) {
      CAPTURE(text.substr(0, size));
      const GuardedBytes guarded(text.substr(0, size));
      const JsonError error = validate_json(guarded.text());
      CHECK(error == validate_json(std::string(text.substr(0, size))));
      if (self_delimiting && size < text.size()) CHECK(error);
    }
  }
  for (const Invalid& invalid : kInvalid) {
    const GuardedBytes guarded(invalid.text);
    CHECK(validate_json(guarded.text()) == JsonError{invalid.fault, invalid.offset});
  }
}

TEST_CASE("text from applications is checked for UTF-8 as well") {
  CHECK_FALSE(validate_json_utf8("\"\xc3\xa9\""));
  CHECK(validate_json_utf8("\"\xc3\"") == JsonError{JsonFault::not_utf8, 0});
  CHECK(validate_json_utf8("\"\xed\xa0\x80\"") == JsonError{JsonFault::not_utf8, 0});
  CHECK(validate_json_utf8("\"\xc0\x80\"").fault == JsonFault::not_utf8);
  CHECK(validate_json_utf8("[1,]").fault == JsonFault::unexpected_byte);
}

TEST_CASE("every fault has its own description") {
  std::vector<std::string_view> seen;
  for (int i = 0; i <= static_cast<int>(JsonFault::not_utf8); ++i) {
    const std::string_view text = describe(static_cast<JsonFault>(i));
    CHECK_FALSE(text.empty());
    for (const std::string_view other : seen) CHECK(text != other);
    seen.push_back(text);
  }
}
