#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/accept_key.h"
#include "protocol/refusal.h"

namespace sentix::protocol {

// Responses, as the bytes to send. Those of the public listener take only values that the server itself chose: no byte
// of a request comes back in a response. Whatever a header value is made of, bytes that could end its line are left out
// of it.
//
// There is no Date (RFC 9110 §6.6.1 asks it of servers with a clock; this layer has none). Every response of the public
// listener but the 101 says "Connection: close": the caller flushes it, shuts its sending half down, discards input for
// a bounded while, and closes.

// RFC 6455 §4.2.2 (5): the 101. An empty subprotocol or extension list leaves its header out. Frames follow right
// behind these bytes.
std::string upgrade_response(const AcceptKey& accept_key, std::string_view subprotocol,
                             std::string_view extensions = {});

struct RefusalOptions {
  bool head_only = false;               // the request was a HEAD: its response has no body
  std::chrono::seconds retry_after{5};  // told by 429 and 503
};

// The status line, one sentence of plain text, and the headers that the status owes: Allow (405), Upgrade and
// Sec-WebSocket-Version (426), WWW-Authenticate (401), Retry-After (429, 503).
std::string refusal_response(Refusal refusal, const RefusalOptions& options = {});

struct Page {
  std::string_view body;
  std::string_view content_type = "text/html; charset=utf-8";
  std::string_view content_security_policy = "default-src 'none'";
  std::string_view cache_control = "no-cache";
  std::string_view allow_origin = {};  // Access-Control-Allow-Origin, where there is one
};

// 200 with `page`; to a HEAD the same headers, Content-Length included, without the body.
std::string page_response(const Page& page, bool head_only = false);

// What the admin listener answers: never cached, rendered with nothing but what its policy names.
struct Answer {
  std::uint16_t status = 200;
  std::string_view content_type = "application/json";
  std::string_view body;
  std::string_view allow = "GET, HEAD";  // told by 405
  std::string_view content_security_policy = "default-src 'none'; frame-ancestors 'none'";
  bool keep_alive = true;  // false: the connection closes behind it
  bool head_only = false;
  bool open_ended = false;  // the body follows, and ends with the connection (RFC 9112 §6.3); `keep_alive` is false
  std::chrono::seconds retry_after{5};  // told by 429 and 503
};
std::string answer_response(const Answer& answer);

// RFC 9110 §15.2.1: to a client that waits with its body until it is asked for it.
inline constexpr std::string_view kContinueResponse = "HTTP/1.1 100 Continue\r\n\r\n";

// The words beside a status code (RFC 9110 §15); empty for a status that this server never sends.
std::string_view reason_phrase(std::uint16_t status);

}  // namespace sentix::protocol
