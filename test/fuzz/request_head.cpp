// The parser of request heads. The first two bytes choose limits and a way to cut; the rest is what a client sends. The
// properties:
//  - cut in pieces or whole, the answer is the same, and so is what was read;
//  - more bytes behind a complete or a refused head change nothing;
//  - a complete head, written again from what was read, is read as the same request.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/request_parser.h"
#include "protocol/request_rules.h"
#include "test/fuzz/require.h"

namespace {

using namespace sentix::protocol;
using sentix::test::require;
using State = ParseResult::State;

constexpr RequestLimits kSmall{
    .request_line_bytes_max = 64, .header_line_bytes_max = 48, .head_bytes_max = 256, .headers_max = 6};
constexpr RequestLimits kDefaults;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

bool same(const ParseResult& left, const ParseResult& right) {
  return left.state == right.state && left.refusal == right.refusal && left.consumed == right.consumed;
}

std::string written(const HttpRequest& request) {
  std::string text(request.method);
  text += ' ';
  text += request.target.whole;
  text += request.version == HttpVersion::http_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
  for (const HeaderField& field : request.headers.all()) {
    text += field.name;
    text += ':';
    text += field.value;
    text += "\r\n";
  }
  return text + "\r\n";
}

// As a connection does it: everything so far, at another address each time, until there is an answer.
ParseResult parse_in_pieces(std::string_view text, std::size_t piece, const RequestLimits& limits,
                            std::string& request_text) {
  RequestParser parser(limits);
  HttpRequest request;
  ParseResult result;
  for (std::size_t size = 0; result.state == State::need_more; size = std::min(size + piece, text.size())) {
    const std::vector<char> received(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
    result = parser.parse(bytes_of({received.data(), received.size()}), request);
    if (result.state == State::complete) request_text = written(request);
    if (size == text.size()) break;
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const RequestLimits& limits = (data[0] & 1) != 0 ? kSmall : kDefaults;
  const std::size_t piece = data[1] % 32 + 1U;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);

  HttpRequest request;
  const ParseResult whole = RequestParser(limits).parse(bytes_of(text), request);

  std::string from_pieces;
  require(same(parse_in_pieces(text, piece, limits, from_pieces), whole));

  if (whole.state == State::need_more) {
    require(text.size() < limits.head_bytes_max);
    return 0;
  }
  HttpRequest longer;
  require(same(RequestParser(limits).parse(bytes_of(std::string(text) + "\r\nX: y\r\n\r\n"), longer), whole));
  if (whole.state == State::refused) return 0;

  require(whole.consumed <= text.size() && text.substr(0, whole.consumed).ends_with("\r\n\r\n"));
  require(request.headers.all().size() <= limits.headers_max);
  require(!check_request(request).has_value());
  const std::string again = written(request);
  require(from_pieces == again);
  HttpRequest reread;
  const ParseResult second = RequestParser(limits).parse(bytes_of(again), reread);
  require(second.state == State::complete && second.consumed == again.size());
  require(written(reread) == again && reread.target.path == request.target.path &&
          reread.target.query == request.target.query && reread.target.authority == request.target.authority);
  return 0;
}
