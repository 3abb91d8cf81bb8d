#include "protocol/client_handshake.h"

#include <doctest/doctest.h>

#include <string>

#include "protocol/handshake.h"
#include "protocol/http_response.h"
#include "protocol/request_parser.h"
#include "test/support/cuts.h"
#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";  // RFC 6455 §1.3

// The answer of RFC 6455 §1.2, of which a test changes a line.
struct Answer {
  std::string status_line = "HTTP/1.1 101 Switching Protocols\r\n";
  std::string upgrade = "Upgrade: websocket\r\n";
  std::string connection = "Connection: Upgrade\r\n";
  std::string accept = "Sec-WebSocket-Accept: " + std::string(kAccept) + "\r\n";
  std::string more{};

  [[nodiscard]] std::string text() const { return status_line + upgrade + connection + accept + more + "\r\n"; }
};

std::string problem_of(const Answer& answer) {
  const std::string text = answer.text();
  const auto read = read_answer(text, kKey);
  REQUIRE(read.has_value());
  CHECK(read->head_bytes == text.size());
  return std::string(read->problem.value_or("none"));
}

TEST_CASE("a server of ours grants what a client of ours asks for") {
  const std::string head = client_request({.host = "example.com:8080",
                                           .target = "/ws?room=1",
                                           .key = kKey,
                                           .subprotocol = "sentix.v1",
                                           .bearer_token = "secret"});
  HttpRequest request;
  const RequestLimits limits;
  REQUIRE(RequestParser(limits).parse(test::as_bytes(head), request).state == ParseResult::State::complete);
  CHECK(request.target.whole == "/ws?room=1");
  const HandshakePolicy policy;
  const HandshakeDecision decision = decide(request, policy);
  const auto* const accepted = std::get_if<AcceptedUpgrade>(&decision);
  REQUIRE(accepted != nullptr);
  CHECK(accepted->credential == "secret");

  const std::string response = upgrade_response(accepted->accept_key, accepted->subprotocol);
  const auto answer = read_answer(response, kKey);
  REQUIRE(answer.has_value());
  CHECK(answer->subprotocol == "sentix.v1");
  CHECK_FALSE(answer->problem.has_value());
}

TEST_CASE("an answer that is cut is not there yet, and one that is whole ends where its blank line does") {
  const std::string text = Answer{.more = "Sec-WebSocket-Protocol: sentix.v1\r\n"}.text();
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    CHECK_FALSE(read_answer(text.substr(0, cut), kKey).has_value());
  }
  const std::string with_frame = text + "\x81\x02hi";
  const auto answer = read_answer(with_frame, kKey);
  REQUIRE(answer.has_value());
  CHECK(answer->head_bytes == text.size());
  CHECK(answer->status == 101);
  CHECK(answer->subprotocol == "sentix.v1");
  CHECK_FALSE(answer->problem.has_value());
}

TEST_CASE("an answer that is no WebSocket's says why (RFC 6455 §4.1)") {
  CHECK(problem_of({}) == "none");
  CHECK(problem_of({.upgrade = "upgrade: WebSocket\r\n", .connection = "connection: keep-alive, upgrade\r\n"}) ==
        "none");
  CHECK(problem_of({.status_line = "HTTP/1.1 503 Service Unavailable\r\n"}) == "the server refused");
  CHECK(problem_of({.status_line = "HTTP/1.1 200\r\n"}) == "the server refused");
  CHECK(problem_of({.upgrade = ""}) == "the answer has no Upgrade: websocket");
  CHECK(problem_of({.upgrade = "Upgrade: h2c\r\n"}) == "the answer has no Upgrade: websocket");
  CHECK(problem_of({.connection = "Connection: close\r\n"}) == "the answer has no Connection: Upgrade");
  CHECK(problem_of({.accept = ""}) == "the Sec-WebSocket-Accept of the answer is wrong");
  CHECK(problem_of({.accept = "Sec-WebSocket-Accept: S3PPLMBITXAQ9KYGZZHZRBK+XOO=\r\n"}) ==
        "the Sec-WebSocket-Accept of the answer is wrong");
  CHECK(problem_of({.more = "Sec-WebSocket-Extensions: permessage-deflate\r\n"}) ==
        "the answer has an extension that was not offered");
}

TEST_CASE("nothing is read before or behind what was received, wherever it is cut") {
  const std::string text = Answer{.more = "Sec-WebSocket-Protocol: sentix.v1\r\n"}.text();
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CAPTURE(cut);
    for (const auto against : {test::GuardedBytes::Against::front, test::GuardedBytes::Against::back}) {
      const test::GuardedBytes guarded(std::string_view(text).substr(0, cut), against);
      CHECK(read_answer(guarded.text(), kKey).has_value() == (cut == text.size()));
      // The same as the head of an answer of another kind, which is whole.
      const std::string refused = "HTTP/1.1 4" + text.substr(0, cut) + "\r\n\r\n";
      const test::GuardedBytes whole(refused, against);
      CHECK(read_answer(whole.text(), kKey)->problem.has_value());
    }
  }
}

TEST_CASE("what is not HTTP is a problem, and nothing worse") {
  for (const char* status_line :
       {"\r\n", "HTTP/1.1\r\n", "HTTP/1.1 abc\r\n", "HTTP/1.1 1010 x\r\n", "HTTP/1.1 10 x\r\n", "HTTP/2 101 x\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 -10 x\r\n"}) {
    CAPTURE(status_line);
    CHECK(problem_of({.status_line = status_line}) == "the answer is not HTTP");
  }
  CHECK(problem_of({.more = "no colon\r\n"}) == "the answer is not HTTP");
  CHECK(problem_of({.more = "bad name: x\r\n"}) == "the answer is not HTTP");
  std::string many;
  for (int i = 0; i < 200; ++i) {
    many += "X-A: b\r\n";
  }
  CHECK(problem_of({.more = many}) == "the answer is not HTTP");
}

}  // namespace
}  // namespace sentix::protocol
