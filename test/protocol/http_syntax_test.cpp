#include "protocol/http_syntax.h"

#include <doctest/doctest.h>

#include <string>

namespace sentix::protocol {
namespace {

// The bytes of one class, in order.
std::string members(ByteClass which) {
  std::string found;
  for (int byte = 0; byte < 256; ++byte) {
    if (is(which, static_cast<char>(byte))) found += static_cast<char>(byte);
  }
  return found;
}

std::string bytes_between(int first, int last) {
  std::string bytes;
  for (int byte = first; byte <= last; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

TEST_CASE("byte classes hold exactly their alphabets") {
  const std::string digits = bytes_between('0', '9');
  const std::string upper = bytes_between('A', 'Z');
  const std::string lower = bytes_between('a', 'z');
  CHECK(members(ByteClass::token) == "!#$%&'*+-." + digits + upper + "^_`" + lower + "|~");
  CHECK(members(ByteClass::field_value) == "\t" + bytes_between(' ', '~') + bytes_between(0x80, 0xFF));
  CHECK(members(ByteClass::target) == "!\"" + bytes_between('$', '~'));
  CHECK(members(ByteClass::host_name) == "!$%&'()*+,-." + digits + ";=" + upper + "_" + lower + "~");
}

TEST_CASE("is_all wants at least one byte") {
  CHECK(is_all(ByteClass::token, "sentix.v1"));
  CHECK_FALSE(is_all(ByteClass::token, "sentix v1"));
  CHECK_FALSE(is_all(ByteClass::token, ""));
}

TEST_CASE("case is ignored for letters alone") {
  CHECK(equal_ignoring_case("WebSocket", "wEBsOCKET"));
  CHECK(equal_ignoring_case("", ""));
  CHECK_FALSE(equal_ignoring_case("websocket", "websockets"));
  CHECK_FALSE(equal_ignoring_case("@[`{", "`{@["));  // these differ by the bit that separates the cases of letters
  CHECK_FALSE(equal_ignoring_case("\xC4", "\xE4"));
}

TEST_CASE("trimmed removes spaces and tabs at the ends only") {
  CHECK(trimmed(" \t a b\t ") == "a b");
  CHECK(trimmed(" \t ") == "");
  CHECK(trimmed("\va") == "\va");
}

TEST_CASE("a run of a class is cut off the front, as long as it is") {
  std::string_view text = "token; q=1";
  CHECK(take_all(ByteClass::token, text) == "token");
  CHECK(text == "; q=1");
  CHECK(take_all(ByteClass::token, text).empty());
  CHECK(text == "; q=1");
  text = "all";
  CHECK(take_all(ByteClass::token, text) == "all");
  CHECK(take_all(ByteClass::token, text).empty());
}

TEST_CASE("take_until cuts at the first separator") {
  std::string_view text = "a=b=c";
  CHECK(take_until(text, '=') == "a");
  CHECK(text == "b=c");
  CHECK(take_until(text, ';') == "b=c");
  CHECK(text.empty());
  CHECK(take_until(text, ';') == "");
}

}  // namespace
}  // namespace sentix::protocol
