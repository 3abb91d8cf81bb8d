// One handshake from its bytes to the decision. The hash of the accept key is OpenSSL's and not counted as ours, but it
// is in here: deciding computes it.
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "bench/guard/guard.h"
#include "protocol/handshake.h"
#include "protocol/request_parser.h"

namespace sentix::bench_guard {
namespace {

// What Chromium sends.
constexpr std::string_view kBrowserHead =
    "GET /ws HTTP/1.1\r\n"
    "Host: chat.example.com\r\n"
    "Connection: Upgrade\r\n"
    "Pragma: no-cache\r\n"
    "Cache-Control: no-cache\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
    "Safari/537.36\r\n"
    "Upgrade: websocket\r\n"
    "Origin: https://chat.example.com\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    "Sec-WebSocket-Protocol: sentix.v1\r\n"
    "\r\n";

void parse_request(std::uint64_t operations) {
  const protocol::RequestLimits limits;
  protocol::HttpRequest request;
  for (std::uint64_t i = 0; i < operations; ++i) {
    protocol::RequestParser parser(limits);
    const protocol::ParseResult result = parser.parse(std::as_bytes(std::span(kBrowserHead)), request);
    require(result.state == protocol::ParseResult::State::complete, "the head is not complete");
    use(request);
  }
}

void shake_hands(std::uint64_t operations) {
  const protocol::RequestLimits limits;
  const protocol::HandshakePolicy policy;
  protocol::HttpRequest request;
  for (std::uint64_t i = 0; i < operations; ++i) {
    protocol::RequestParser parser(limits);
    parser.parse(std::as_bytes(std::span(kBrowserHead)), request);
    const protocol::HandshakeDecision decision = protocol::decide(request, policy);
    require(std::holds_alternative<protocol::AcceptedUpgrade>(decision), "the handshake was refused");
    use(decision);
  }
}

}  // namespace

void add_handshake_cases(std::vector<Case>& cases) {
  cases.push_back({"request_head", parse_request});
  cases.push_back({"handshake", shake_hands});
}

}  // namespace sentix::bench_guard
