#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/http_request.h"
#include "protocol/http_syntax.h"
#include "protocol/refusal.h"

namespace sentix::protocol {

// What one client may make the server hold before it is known to be a client at all. Lengths count every byte, line
// endings included; what has used up its length without being complete is refused at that byte, not when its end
// arrives.
struct RequestLimits {
  std::uint32_t request_line_bytes_max = 8192;  // RFC 9112 §3 recommends at least 8000
  std::uint32_t header_line_bytes_max = 8192;   // room for the cookies that a browser adds on its own
  std::uint32_t head_bytes_max = 16384;         // bounds the buffer of an unfinished handshake
  std::uint16_t headers_max = 100;              // browsers send about 15; never above HeaderFields::kCapacity
  std::size_t body_bytes_max = 0;               // that may be announced to follow the head; 0: a request has no body
};

struct ParseResult {
  enum class State : std::uint8_t { need_more, complete, refused };

  State state = State::need_more;
  Refusal refusal{};  // where refused
  std::size_t consumed =
      0;  // where complete: the size of the head. What follows it is the body, or belongs to the WebSocket.
};

// Reads the head of one HTTP request (RFC 9112 §2 to §5), as it arrives, strictly: each byte goes through a state
// machine once, and the first byte that no well-formed head can have at its place refuses the request. So the answer
// does not depend on how the bytes were cut, hostile input is refused without waiting for its end, and the work is
// linear even where bytes come one at a time.
//
// The caller keeps the bytes. Usually a whole head is in the first recv, and nothing is ever copied:
//
//   const ParseResult result = parser.parse(everything_received_so_far, worker.request);
//
// - need_more: keep the bytes (copy them out of the receive buffer), append what comes next, call again with all.
// - complete: `request` is filled; decide() (handshake.h) is next. What stands behind `consumed` is the client's first
//   frames.
// - refused: send refusal_response() (http_response.h) and close. A parser that has refused stays so.
//
// Each call gets all bytes since the first, perhaps at another address: the parser keeps positions, no pointers. Bytes
// that were seen are read once more, when the head is complete, to cut it into `request`, whose views point into the
// bytes of that call. While the head is not complete, `request` is untouched.
//
// Tolerated: one empty line before the request line (RFC 9112 §2.2). Not tolerated: bare CR or LF, folded lines,
// whitespace around names, control characters. Bytes above 0x7F are opaque in values (RFC 9110 §5.5) and refused
// elsewhere. A parser reads one request: the connection then is a WebSocket, or closes after the response.
//
// 32 bytes, no allocation; belongs to one connection. `limits` must outlive it.
class RequestParser {
 public:
  explicit RequestParser(const RequestLimits& limits);

  ParseResult parse(std::span<const std::byte> all_bytes_so_far, HttpRequest& request);

 private:
  // One for each place in the grammar of RFC 9112 §2.1. The `_lf` states have seen a CR and take nothing but LF.
  enum class State : std::uint8_t {
    start,
    empty_line_lf,
    method,
    target_begin,
    target,
    version,
    request_line_lf,
    line_begin,
    header_name,
    header_value,
    header_line_lf,
    last_lf,
    complete,
    refused,
  };

  void step(std::string_view text);
  void take_method(std::string_view text);
  void take_target(std::string_view text);
  void take_version(std::string_view text);
  void begin_line(char c);
  void take_header_name(std::string_view text);
  void take_header_value(std::string_view text);
  void take_line_feed(char c, State next);

  [[nodiscard]] bool in_request_line() const { return state_ < State::line_begin; }
  [[nodiscard]] std::uint32_t line_bytes_max() const;
  [[nodiscard]] bool limit_reached();
  bool skip(ByteClass run, std::string_view text);
  void advance_to(State next);
  void refuse(Refusal refusal);
  void refuse_byte(char c, Refusal refusal);

  const RequestLimits* limits_;
  std::uint32_t scanned_ = 0;     // bytes that went through the state machine
  std::uint32_t line_begin_ = 0;  // where the current line begins
  std::uint16_t headers_ = 0;
  std::uint8_t version_bytes_ = 0;
  State state_ = State::start;
  Refusal refusal_{};
};

static_assert(sizeof(RequestParser) <= 32, "every connection that is shaking hands holds one");

}  // namespace sentix::protocol
