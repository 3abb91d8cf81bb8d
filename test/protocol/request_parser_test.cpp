#include "protocol/request_parser.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "test/support/cuts.h"
#include "test/support/guard_page.h"
#include "test/support/request_heads.h"

namespace sentix::protocol {
namespace {

using State = ParseResult::State;
using test::as_bytes;

constexpr RequestLimits kDefaults;

ParseResult parse(std::string_view text, HttpRequest& request, const RequestLimits& limits = kDefaults) {
  return RequestParser(limits).parse(as_bytes(text), request);
}

ParseResult parse(std::string_view text, const RequestLimits& limits = kDefaults) {
  HttpRequest request;
  return parse(text, request, limits);
}

// The answer to `pieces` that arrive one after the other, with everything so far at a new address each time.
ParseResult parse_pieces(const test::Pieces& pieces, HttpRequest& request, std::vector<std::byte>& received) {
  RequestParser parser(kDefaults);
  ParseResult result;
  for (const auto piece : pieces) {
    std::vector<std::byte> moved(received);
    moved.insert(moved.end(), piece.begin(), piece.end());
    received = std::move(moved);
    result = parser.parse(received, request);
    if (result.state != State::need_more) break;
  }
  return result;
}

bool same(const ParseResult& left, const ParseResult& right) {
  return left.state == right.state && left.refusal == right.refusal && left.consumed == right.consumed;
}

// Everything that a request says, as text.
std::string written(const HttpRequest& request) {
  std::string text(request.method);
  text += ' ' + std::string(request.target.whole) + '|' + std::string(request.target.path) + '|' +
          std::string(request.target.query) + (request.version == HttpVersion::http_1_0 ? " 1.0" : " 1.1");
  for (const HeaderField& field : request.headers.all()) {
    text += '\n' + std::string(field.name) + ": " + std::string(field.value);
  }
  return text;
}

struct Hostile {
  std::string_view what;
  std::string text;  // ends with the byte that settles it
  Refusal refusal;
};

std::string get(std::string_view headers) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(headers);
}

using namespace std::string_literals;

const std::vector<Hostile> kHostileLinesAndRequestLines{
    // Lines.
    {"bare LF behind the request line", "GET / HTTP/1.1\n", Refusal::bad_line_ending},
    {"bare LF behind a header", "GET / HTTP/1.1\r\nHost: a\n", Refusal::bad_line_ending},
    {"bare LF as the last line", get("\n"), Refusal::bad_line_ending},
    {"bare LF in a name", get("Ho\n"), Refusal::bad_line_ending},
    {"bare LF in the target", "GET /\n", Refusal::bad_line_ending},
    {"bare LF first", "\n", Refusal::bad_line_ending},
    {"bare CR behind the request line", "GET / HTTP/1.1\rH", Refusal::bad_line_ending},
    {"bare CR in a value", get("A: b\rc"), Refusal::bad_line_ending},
    {"two CR behind a value", get("A: b\r\r"), Refusal::bad_line_ending},
    {"CR without LF at the end", get("\rG"), Refusal::bad_line_ending},
    {"CR alone first", "\rG", Refusal::bad_line_ending},
    {"two empty lines first, as a PROXY protocol v2 header begins", "\r\n\r", Refusal::bad_method},
    {"obs-fold with a space", get("A: b\r\n "), Refusal::folded_header},
    {"obs-fold with a tab", get("A: b\r\n\t"), Refusal::folded_header},
    {"space before the first header", "GET / HTTP/1.1\r\n ", Refusal::folded_header},
    // Method.
    {"TLS ClientHello", "\x16"s, Refusal::bad_method},
    {"SSH or another binary greeting", "\0"s, Refusal::bad_method},
    {"space first", " ", Refusal::bad_method},
    {"tab behind the method", "GET\t", Refusal::bad_method},
    {"method with a colon", "GET:", Refusal::bad_method},
    {"method with NUL", "GE\0"s, Refusal::bad_method},
    {"method with obs-text", "G\xC9", Refusal::bad_method},
    {"a line of one word", "GET\r", Refusal::bad_method},
    // Target.
    {"two spaces", "GET  ", Refusal::bad_target},
    {"asterisk-form", "OPTIONS *", Refusal::bad_target},
    {"HTTP/2 connection preface", "PRI *", Refusal::bad_target},
    {"no slash", "GET i", Refusal::bad_target},
    {"no target", "GET \r", Refusal::bad_target},
    {"authority-form", "CONNECT host:443 HTTP/1.1\r\nHost: host:443\r\n\r\n", Refusal::bad_target},
    {"another scheme", "GET f", Refusal::bad_target},
    {"http without authority", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", Refusal::bad_target},
    {"fragment", "GET /a#", Refusal::bad_target},
    {"tab in the target", "GET /a\t", Refusal::bad_target},
    {"NUL in the target", "GET /a\0"s, Refusal::bad_target},
    {"DEL in the target", "GET /a\x7F", Refusal::bad_target},
    {"UTF-8 in the target", "GET /\xC3", Refusal::bad_target},
    // Version.
    {"HTTP/0.9", "GET /\r", Refusal::bad_version},
    {"lowercase", "GET / h", Refusal::bad_version},
    {"another protocol", "GET / HTTPS", Refusal::bad_version},
    {"two spaces before it", "GET /  ", Refusal::bad_version},
    {"space behind it", "GET / HTTP/1.1 ", Refusal::bad_version},
    {"space in the target", "GET /a b", Refusal::bad_version},
    {"no minor", "GET / HTTP/1\r", Refusal::bad_version},
    {"two digits", "GET / HTTP/1.10", Refusal::bad_version},
    {"letters", "GET / HTTP/1.x", Refusal::bad_version},
    {"empty", "GET / \r", Refusal::bad_version},
    {"NUL", "GET / HTTP/1.1\0"s, Refusal::bad_version},
    {"HTTP/2.0", "GET / HTTP/2.0\r", Refusal::unsupported_version},
    {"HTTP/3.0", "GET / HTTP/3.0\r", Refusal::unsupported_version},
    {"HTTP/1.2", "GET / HTTP/1.2\r", Refusal::unsupported_version},
    {"HTTP/0.9 spelled out", "GET / HTTP/0.9\r", Refusal::unsupported_version},
    {"HTTP/0.1", "GET / HTTP/0.1\r", Refusal::unsupported_version},
    {"HTTP/9.9", "GET / HTTP/9.9\r", Refusal::unsupported_version},
};

const std::vector<Hostile> kHostileHeaders{
    // Header names.
    {"space before the colon", get("Content-Length "), Refusal::bad_header_name},
    {"tab before the colon", get("Content-Length\t"), Refusal::bad_header_name},
    {"empty name", get(":"), Refusal::bad_header_name},
    {"no colon", get("Nonsense\r"), Refusal::bad_header_name},
    {"slash in a name", get("A/"), Refusal::bad_header_name},
    {"NUL in a name", get("A\0"s), Refusal::bad_header_name},
    {"vertical tab before a name", get("\v"), Refusal::bad_header_name},
    {"obs-text in a name", get("H\xF6"), Refusal::bad_header_name},
    {"a second request line", get("GET "), Refusal::bad_header_name},
    // Header values.
    {"NUL in a value", get("A: b\0"s), Refusal::bad_header_value},
    {"vertical tab in a value", get("Transfer-Encoding: \v"), Refusal::bad_header_value},
    {"form feed in a value", get("A: \f"), Refusal::bad_header_value},
    {"escape in a value", get("A: \x1B"), Refusal::bad_header_value},
    {"DEL in a value", get("A: \x7F"), Refusal::bad_header_value},
    {"backspace in Host", "GET / HTTP/1.1\r\nHost: a\b", Refusal::bad_header_value},
    // Rules, which the last byte settles.
    {"no Host", "GET / HTTP/1.1\r\n\r\n", Refusal::missing_host},
    {"Host twice", get("Host: b\r\n\r\n"), Refusal::repeated_header},
    {"Host twice, the same", get("host:a\r\n\r\n"), Refusal::repeated_header},
    {"empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", Refusal::bad_host},
    {"two hosts in one", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", Refusal::bad_host},
    {"UTF-8 in Host", "GET / HTTP/1.1\r\nHost: \xC3\xA4\r\n\r\n", Refusal::bad_host},
    {"CL.TE", get("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"), Refusal::conflicting_framing},
    {"TE.CL", get("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"), Refusal::conflicting_framing},
    {"TE.TE", get("Transfer-Encoding: chunked\r\nTransfer-encoding: x\r\n\r\n"), Refusal::body_not_allowed},
    {"TE", get("Transfer-Encoding: chunked\r\n\r\n"), Refusal::body_not_allowed},
    {"CL", get("Content-Length: 1\r\n\r\n"), Refusal::body_not_allowed},
    {"two CL", get("Content-Length: 0\r\nContent-Length: 7\r\n\r\n"), Refusal::repeated_header},
    {"signed CL", get("Content-Length: +0\r\n\r\n"), Refusal::bad_content_length},
    {"list CL", get("Content-Length: 0, 0\r\n\r\n"), Refusal::bad_content_length},
    {"two keys", get("Sec-WebSocket-Key: a\r\nSec-WebSocket-Key: b\r\n\r\n"), Refusal::repeated_header},
    {"absolute-form of another host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", Refusal::host_differs_from_target},
};

const std::vector<Hostile>& hostile_requests() {
  static const std::vector<Hostile> all = [] {
    std::vector<Hostile> rows = kHostileLinesAndRequestLines;
    rows.insert(rows.end(), kHostileHeaders.begin(), kHostileHeaders.end());
    return rows;
  }();
  return all;
}

TEST_CASE("real clients' heads are read whole") {
  HttpRequest request;
  const ParseResult result = parse(test::kChromiumHandshake, request);
  CHECK(result.state == State::complete);
  CHECK(result.consumed == test::kChromiumHandshake.size());
  CHECK(request.method == "GET");
  CHECK(request.target.path == "/ws");
  CHECK(request.target.query == "token=a%2Fb&room=|a{}");
  CHECK(request.version == HttpVersion::http_1_1);
  CHECK(request.headers.all().size() == 14);
  CHECK(request.headers.find("sec-websocket-extensions") == "permessage-deflate; client_max_window_bits");
  for (const std::string_view head : test::kRealHeads) {
    CHECK(parse(head).state == State::complete);
  }
}

TEST_CASE("heads that look odd and are fine") {
  struct Row {
    std::string_view text, written;
  };
  const Row rows[] = {
      {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /|/| 1.1\nHost: a"},
      {"HEAD /x?y HTTP/1.0\r\n\r\n", "HEAD /x?y|/x|y 1.0"},
      {"!#$%&'*+-.^_`|~9 / HTTP/1.1\r\nHost:a\r\n\r\n", "!#$%&'*+-.^_`|~9 /|/| 1.1\nHost: a"},
      {"GET http://A/x HTTP/1.1\r\nhost:\ta\t \r\n\r\n", "GET http://A/x|/x| 1.1\nhost: a"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY: \t \r\nZ: a \t b\r\n\r\n", "GET /|/| 1.1\nHost: a\nX: \nY: \nZ: a \t b"},
      {"GET / HTTP/1.1\r\nHost: a\r\nCookie: \xC3\xA4\xFF:,;\"\r\n\r\n",
       "GET /|/| 1.1\nHost: a\nCookie: \xC3\xA4\xFF:,;\""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    HttpRequest request;
    const ParseResult result = parse(row.text, request);
    CHECK(result.state == State::complete);
    CHECK(result.consumed == row.text.size());
    CHECK(written(request) == row.written);
  }
}

TEST_CASE("hostile requests are refused at the byte that settles it") {
  for (const Hostile& row : hostile_requests()) {
    CAPTURE(row.what);
    const ParseResult result = parse(row.text);
    CHECK(result.state == State::refused);
    CHECK(describe(result.refusal).sentence == describe(row.refusal).sentence);
    const std::string_view text(row.text);
    CHECK(parse(text.substr(0, text.size() - 1)).state == State::need_more);
    CHECK(same(parse(row.text + "\r\nHost: b\r\n\r\n"), result));
  }
}

TEST_CASE("the first byte of a target tells its form") {
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const bool may_begin = byte == '/' || byte == 'h' || byte == 'H';
    const std::string text = std::string("GET ") + static_cast<char>(byte);
    CHECK(parse(text).state == (may_begin ? State::need_more : State::refused));
  }
}

TEST_CASE("bytes behind the head are not consumed") {
  const std::string text = std::string(test::kPythonHandshake) + "\x81\x85\x01\x02\x03\x04\r\n\r\n";
  test::for_each_cut(text, [&](const test::Pieces& pieces) {
    HttpRequest request;
    std::vector<std::byte> received;
    const ParseResult result = parse_pieces(pieces, request, received);
    CHECK(result.state == State::complete);
    CHECK(result.consumed == test::kPythonHandshake.size());
  });
}

TEST_CASE("every cut gives the same request") {
  for (const std::string_view head : test::kRealHeads) {
    HttpRequest expected;
    const ParseResult whole = parse(head, expected);
    test::for_each_cut(head, [&](const test::Pieces& pieces) {
      HttpRequest request;
      std::vector<std::byte> received;
      REQUIRE(same(parse_pieces(pieces, request, received), whole));
      REQUIRE(written(request) == written(expected));
    });
  }
}

TEST_CASE("every cut gives the same refusal") {
  for (const Hostile& row : hostile_requests()) {
    CAPTURE(row.what);
    const ParseResult whole = parse(row.text);
    test::for_each_cut(row.text, [&](const test::Pieces& pieces) {
      HttpRequest request;
      std::vector<std::byte> received;
      REQUIRE(same(parse_pieces(pieces, request, received), whole));
    });
  }
}

TEST_CASE("nothing outside of the given bytes is read") {
  std::vector<std::string_view> texts(test::kRealHeads.begin(), test::kRealHeads.end());
  for (const Hostile& row : hostile_requests()) texts.push_back(row.text);
  for (const std::string_view text : texts) {
    HttpRequest request;
    RequestParser growing(kDefaults);
    for (std::size_t size = 0; size <= text.size(); ++size) {
      const test::GuardedBytes front(text.substr(0, size), test::GuardedBytes::Against::front);
      const test::GuardedBytes back(text.substr(0, size));
      const ParseResult at_front = RequestParser(kDefaults).parse(front.span(), request);
      REQUIRE(same(at_front, RequestParser(kDefaults).parse(back.span(), request)));
      REQUIRE(same(at_front, growing.parse(back.span(), request)));
    }
  }
}

TEST_CASE("a refusal stays") {
  RequestParser parser(kDefaults);
  HttpRequest request;
  CHECK(parser.parse(as_bytes("GET  "), request).refusal == Refusal::bad_target);
  CHECK(parser.parse(as_bytes("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), request).refusal == Refusal::bad_target);
}

TEST_CASE("a request is left alone until a head is complete") {
  HttpRequest request;
  request.method = "before";
  parse("GET / HTTP/1.1\r\nHost: a\r\n\r", request);
  CHECK(request.method == "before");
}

// Each limit, one below it, at it, and the byte at which it is known.
TEST_CASE("limits count every byte and refuse at the byte that uses them up") {
  constexpr RequestLimits limits{
      .request_line_bytes_max = 40, .header_line_bytes_max = 30, .head_bytes_max = 100, .headers_max = 5};
  const auto result_of = [&](const std::string& text) { return parse(text, limits); };
  const auto padded = [](std::string_view before, std::size_t size, std::string_view after) {
    return std::string(before) + std::string(size - before.size() - after.size(), 'x') + std::string(after);
  };
  const std::string rest = "Host: a\r\n\r\n";

  SUBCASE("request line") {
    CHECK(result_of(padded("GET /", 40, " HTTP/1.1\r\n") + rest).state == State::complete);
    const ParseResult over = result_of(padded("GET /", 41, " HTTP/1.1\r\n").substr(0, 40));
    CHECK(over.state == State::refused);
    CHECK(over.refusal == Refusal::request_line_too_long);
    CHECK(result_of(padded("GET /", 39, "")).state == State::need_more);
    CHECK(result_of(padded("GET /", 40, "")).refusal == Refusal::request_line_too_long);
    CHECK(result_of(std::string(40, 'G')).refusal == Refusal::request_line_too_long);
    CHECK(result_of("\r\n" + padded("GET /", 40, " HTTP/1.1\r\n") + rest).state == State::complete);
  }
  SUBCASE("header line") {
    const std::string before = "GET / HTTP/1.1\r\n";
    CHECK(result_of(before + padded("A: ", 30, "\r\n") + rest).state == State::complete);
    CHECK(result_of(before + padded("A: ", 29, "")).state == State::need_more);
    CHECK(result_of(before + padded("A: ", 30, "")).refusal == Refusal::header_line_too_long);
    CHECK(result_of(before + padded("A: ", 31, "\r\n")).refusal == Refusal::header_line_too_long);
    CHECK(result_of(before + std::string(30, 'N')).refusal == Refusal::header_line_too_long);
    CHECK(result_of(before + "A:" + std::string(28, ' ')).refusal == Refusal::header_line_too_long);
  }
  SUBCASE("head") {
    const std::string before = "GET / HTTP/1.1\r\n" + padded("A: ", 30, "\r\n") + padded("B: ", 30, "\r\n");
    CHECK(result_of(before + padded("Host: ", 24, "\r\n\r\n")).state == State::complete);
    CHECK(result_of(before + padded("Host: ", 23, "\r\n")).state == State::need_more);
    CHECK(result_of(before + padded("Host: ", 24, "\r\n")).refusal == Refusal::head_too_large);
    CHECK(result_of(before + padded("Host: ", 24, "")).refusal == Refusal::head_too_large);
  }
  SUBCASE("number of headers") {
    const std::string five = "GET / HTTP/1.1\r\nHost: a\r\nA:\r\nB:\r\nC:\r\nD:\r\n";
    CHECK(result_of(five + "\r\n").state == State::complete);
    CHECK(result_of(five + "E").refusal == Refusal::too_many_headers);
  }
}

TEST_CASE("the default limits") {
  CHECK(parse("GET /" + std::string(9000, 'a')).refusal == Refusal::request_line_too_long);
  CHECK(parse(std::string(100'000, 'A')).refusal == Refusal::request_line_too_long);
  CHECK(parse(get("A: " + std::string(9000, 'a'))).refusal == Refusal::header_line_too_long);
  CHECK(parse(get("A: " + std::string(8000, 'a') + "\r\nB: " + std::string(8000, 'b') +
                  "\r\nC: " + std::string(800, 'c')))
            .refusal == Refusal::head_too_large);
  std::string hundred = get("");
  for (int i = 1; i < 100; ++i) hundred += "X: y\r\n";
  CHECK(parse(hundred + "\r\n").state == State::complete);
  CHECK(parse(hundred + "X: y\r\n\r\n").refusal == Refusal::too_many_headers);
}

// The proof that one byte at a time costs no more than all at once: while a head is not complete, bytes that were seen
// are not looked at again, apart from the digits of the version. They may as well be something else by then.
TEST_CASE("bytes are scanned once") {
  const std::string head = get("A: " + std::string(7000, 'a') + "\r\nB: " + std::string(7000, 'b') + "\r\n\r\n");
  std::string seen = head;
  RequestParser parser(kDefaults);
  HttpRequest request;
  for (std::size_t size = 0; size < head.size(); ++size) {
    REQUIRE(parser.parse(as_bytes(std::string_view(seen).substr(0, size)), request).state == State::need_more);
    if (size >= 4) seen[size - 4] = '\n';
  }
  CHECK(parser.parse(as_bytes(head), request).state == State::complete);
  CHECK(request.headers.find("B")->size() == 7000);
}

}  // namespace
}  // namespace sentix::protocol
