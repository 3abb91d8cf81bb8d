#include "core/handshake.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace sentix;
using core::Handshake;

namespace {

constexpr std::string_view kHead =
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("a head is decided on wherever it is cut, and what follows it is handed on") {
  const protocol::RequestLimits limits;
  const protocol::HandshakePolicy policy;
  protocol::HttpRequest request;
  const std::vector<std::byte> stream = bytes_of(std::string(kHead) + "frames");
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    Handshake handshake(limits);
    std::vector<std::byte> first(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(cut));
    std::vector<std::byte> second(stream.begin() + static_cast<std::ptrdiff_t>(cut), stream.end());
    Handshake::Outcome outcome = handshake.receive(first, request, policy);
    CHECK(outcome.decision.has_value() == (cut >= kHead.size()));
    std::string rest = text_of(outcome.rest);
    if (!outcome.decision) {
      first.assign(first.size(), std::byte{'!'});  // the receive buffer is used again
      outcome = handshake.receive(second, request, policy);
      rest = text_of(outcome.rest);
    } else {
      rest += text_of(second);
    }
    REQUIRE(outcome.decision.has_value());
    CHECK(std::holds_alternative<protocol::AcceptedUpgrade>(*outcome.decision));
    CHECK(rest == "frames");
  }
}

TEST_CASE("a head that breaks the rules is refused, and a HEAD is known as one") {
  const protocol::RequestLimits limits;
  const protocol::HandshakePolicy policy;
  protocol::HttpRequest request;
  Handshake refused(limits);
  auto bad = bytes_of("GET / HTTP/1.1\nHost: x\r\n\r\n");
  Handshake::Outcome outcome = refused.receive(bad, request, policy);
  REQUIRE(outcome.decision.has_value());
  CHECK(std::get<protocol::Refusal>(*outcome.decision) == protocol::Refusal::bad_line_ending);

  Handshake head(limits);
  auto bytes = bytes_of("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  outcome = head.receive(bytes, request, policy);
  REQUIRE(outcome.decision.has_value());
  CHECK(std::holds_alternative<protocol::PageRequest>(*outcome.decision));
  CHECK(outcome.head_only);
}
