#include "tools/sentix/tail/terminal_json.h"

#include <doctest/doctest.h>

#include <string>

using sentix::tools::terminal_json;

TEST_CASE("what steers a terminal is escaped, and the rest is left") {
  CHECK(terminal_json(R"({"a":[1, 2.0],"b":"x\u001b[2J"})") == R"({"a":[1, 2.0],"b":"x\u001b[2J"})");
  CHECK(terminal_json("{\n\t\"a\":\r 1}") == "{  \"a\":  1}");
  CHECK(terminal_json("\"\x7F\"") == R"("\u007f")");
  CHECK(terminal_json("\"\xC2\x9B"
                      "2J\"") == R"("\u009b2J")");
  CHECK(terminal_json("\"\u202Eevil\u2069\"") == R"("\u202eevil\u2069")");
  CHECK(terminal_json("\"\u00A0\u00E4\u20AC\U0001F600\"") == "\"\u00A0\u00E4\u20AC\U0001F600\"");
  CHECK(terminal_json("") == "");
}

TEST_CASE("every byte, alone and cut, comes out without control characters") {
  for (int lead = 0; lead < 256; ++lead) {
    for (const char* const rest : {"", "\x9B", "\x80\xAE", "\x9F\x98\x80"}) {
      const std::string text = static_cast<char>(lead) + std::string(rest);
      CAPTURE(lead);
      for (const char c : terminal_json(text)) {
        CHECK_FALSE((static_cast<unsigned char>(c) < ' ' || c == '\x7F'));
      }
    }
  }
}
