#include "protocol/json_text.h"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <string>
#include <string_view>

#include "protocol/json_syntax.h"
#include "test/support/cuts.h"

using namespace sentix::protocol;
using namespace std::string_view_literals;

TEST_CASE("quoting escapes what JSON requires and nothing else") {
  CHECK(quote("") == R"("")");
  CHECK(quote("plain") == R"("plain")");
  CHECK(quote("say \"hi\" \\ / </script>") == R"("say \"hi\" \\ / </script>")");
  CHECK(quote("\b\f\n\r\t") == R"("\b\f\n\r\t")");
  CHECK(quote("\0\x01\x1f\x7f"sv) == "\"\\u0000\\u0001\\u001f\x7f\"");
  CHECK(quote("\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80") == "\"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\"");
}

TEST_CASE("quoting into a frame gives the same text") {
  const std::string text = "a \"quoted\"\n\x02 line, long enough for several words";
  FrameBuilder builder(1);
  append_quoted(builder, text);
  CHECK(sentix::test::as_text(std::move(builder).finish(Opcode::text).payload()) == quote(text));

  std::string appended = "x";
  append_quoted(appended, text);
  CHECK(appended == "x" + quote(text));
}

TEST_CASE("escapes mean what RFC 8259 says") {
  CHECK(unescape("") == "");
  CHECK(unescape("plain") == "plain");
  CHECK(unescape(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
  CHECK(unescape(R"(a\u0000b)") == "a\0b"sv);
  CHECK(unescape(R"(\u007F\u0080\u07ff\u0800\uD7FF\uE000\uffff)") ==
        "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf");
  CHECK(unescape(R"(\ud800\udc00 \uD83D\uDE00 \udbff\udfff)") == "\xf0\x90\x80\x80 \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf");
  CHECK(unescape(R"(http:\/\/a\/b)") == "http://a/b");
}

TEST_CASE("every code point that is written as an escape is read as simdjson reads it") {
  simdjson::dom::parser parser;
  for (unsigned unit = 0; unit <= 0xFFFF; ++unit) {
    if (unit >= 0xD800 && unit <= 0xDFFF) continue;
    char body[7];
    std::snprintf(body, sizeof body, "\\u%04x", unit);
    const std::string text = '"' + std::string(body) + '"';
    std::string_view expected;
    REQUIRE(parser.parse(text).get(expected) == simdjson::SUCCESS);
    REQUIRE(unescape(body) == expected);
  }
}

TEST_CASE("unescaping undoes quoting") {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const std::string quoted = quote(every_byte);
  CHECK_FALSE(validate_json(quoted));
  CHECK(unescape(string_body(quoted)) == every_byte);
  CHECK(has_escapes(string_body(quoted)));
  CHECK_FALSE(has_escapes("plain"));

  std::string appended = "kept ";
  append_unescaped(appended, R"(a\nb)");
  CHECK(appended == "kept a\nb");
}
