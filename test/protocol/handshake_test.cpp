#include "protocol/handshake.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "protocol/request_parser.h"
#include "test/support/cuts.h"
#include "test/support/request_heads.h"

namespace sentix::protocol {
namespace {

constexpr RequestLimits kLimits;

// The decision about a head that is well-formed; its views borrow from `head`.
HandshakeDecision decide_head(std::string_view head, const HandshakePolicy& policy) {
  HttpRequest request;
  const ParseResult result = RequestParser(kLimits).parse(test::as_bytes(head), request);
  REQUIRE(result.state == ParseResult::State::complete);
  return decide(request, policy);
}

// A handshake that is granted, of which a test changes a line or two.
struct Head {
  std::string request_line = "GET / HTTP/1.1";
  std::string upgrade = "Upgrade: websocket\r\n";
  std::string connection = "Connection: Upgrade\r\n";
  std::string version = "Sec-WebSocket-Version: 13\r\n";
  std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  std::string more{};

  [[nodiscard]] std::string text() const {
    return request_line + "\r\nHost: example.com\r\n" + upgrade + connection + version + key + more + "\r\n";
  }
};

std::optional<Refusal> refusal_of(const Head& head, const HandshakePolicy& policy = {}) {
  const std::string text = head.text();
  const HandshakeDecision decision = decide_head(text, policy);
  const auto* refusal = std::get_if<Refusal>(&decision);
  return refusal != nullptr ? std::optional(*refusal) : std::nullopt;
}

Credential credential_of(const Head& head) {
  const std::string text = head.text();
  const HandshakeDecision decision = decide_head(text, {});
  if (const auto* page = std::get_if<PageRequest>(&decision)) return page->credential;
  return std::get<AcceptedUpgrade>(decision).credential;
}

std::string subprotocol_of(const std::string& lines, const HandshakePolicy& policy) {
  const std::string text = Head{.more = lines}.text();
  return std::string(std::get<AcceptedUpgrade>(decide_head(text, policy)).subprotocol);
}

TEST_CASE("real clients' handshakes are granted") {
  const HandshakePolicy policy;
  for (const std::string_view head : test::kHandshakes) {
    CAPTURE(head);
    const HandshakeDecision decision = decide_head(head, policy);
    const auto* upgrade = std::get_if<AcceptedUpgrade>(&decision);
    REQUIRE(upgrade != nullptr);
    CHECK(std::string_view(upgrade->accept_key.data(), upgrade->accept_key.size()) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK_FALSE(upgrade->deflate);
    CHECK(upgrade->subprotocol == (head == test::kNodeWsHandshake ? "" : "sentix.v1"));
  }
}

TEST_CASE("plain requests are passed on") {
  for (const std::string_view head : {test::kCurlGet, test::kCurlHttp2Get}) {
    const HandshakeDecision decision = decide_head(head, {});
    const auto* page = std::get_if<PageRequest>(&decision);
    REQUIRE(page != nullptr);
    CHECK(page->path == "/");
    CHECK_FALSE(page->head_only);
    CHECK_FALSE(page->credential.has_value());
  }
  const HandshakeDecision head = decide_head("HEAD /any/path?q HTTP/1.0\r\n\r\n", {});
  CHECK(std::get<PageRequest>(head).path == "/any/path");
  CHECK(std::get<PageRequest>(head).head_only);
}

TEST_CASE("plain requests of other methods are refused") {
  for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "get", "CONNECTED", "X"}) {
    CAPTURE(method);
    const std::string head = method + " / HTTP/1.1\r\nHost: a\r\n\r\n";
    CHECK(std::get<Refusal>(decide_head(head, {})) == Refusal::method_not_allowed);
  }
}

TEST_CASE("a plain Connection: Upgrade is a plain request") {
  const std::string text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c, foo/1\r\n\r\n";
  CHECK(std::holds_alternative<PageRequest>(decide_head(text, {})));
}

TEST_CASE("handshakes that are refused") {
  const auto key = [](const std::string& value) { return Head{.key = "Sec-WebSocket-Key: " + value + "\r\n"}; };
  struct Row {
    std::string_view what;
    Head head;
    Refusal refusal;
  };
  const Row rows[] = {
      {"HTTP/1.0", {.request_line = "GET / HTTP/1.0"}, Refusal::upgrade_over_http_1_0},
      {"HTTP/1.0 from a proxy that drops Upgrade",
       {.request_line = "GET / HTTP/1.0", .upgrade = "", .connection = "Connection: close\r\n"},
       Refusal::upgrade_over_http_1_0},
      {"POST", {.request_line = "POST / HTTP/1.1"}, Refusal::method_not_allowed},
      {"HEAD", {.request_line = "HEAD / HTTP/1.1"}, Refusal::method_not_allowed},
      {"another path", {.request_line = "GET /x HTTP/1.1"}, Refusal::unknown_path},
      {"a path in other letters", {.request_line = "GET /WS HTTP/1.1"}, Refusal::unknown_path},
      {"a longer path", {.request_line = "GET /ws/ HTTP/1.1"}, Refusal::unknown_path},
      {"an encoded path", {.request_line = "GET /%77s HTTP/1.1"}, Refusal::unknown_path},
      {"no Upgrade", {.upgrade = ""}, Refusal::missing_upgrade},
      {"another Upgrade", {.upgrade = "Upgrade: websockets\r\n"}, Refusal::missing_upgrade},
      {"h2c and a key", {.upgrade = "Upgrade: h2c\r\n"}, Refusal::missing_upgrade},
      {"no Connection", {.connection = ""}, Refusal::missing_connection_upgrade},
      {"another Connection", {.connection = "Connection: keep-alive\r\n"}, Refusal::missing_connection_upgrade},
      {"no version", {.version = ""}, Refusal::missing_websocket_version},
      {"version 8", {.version = "Sec-WebSocket-Version: 8\r\n"}, Refusal::unsupported_websocket_version},
      {"version 14", {.version = "Sec-WebSocket-Version: 14\r\n"}, Refusal::unsupported_websocket_version},
      {"version 013", {.version = "Sec-WebSocket-Version: 013\r\n"}, Refusal::unsupported_websocket_version},
      {"a list of versions", {.version = "Sec-WebSocket-Version: 13, 8\r\n"}, Refusal::unsupported_websocket_version},
      {"empty version", {.version = "Sec-WebSocket-Version:\r\n"}, Refusal::unsupported_websocket_version},
      {"no key", {.key = ""}, Refusal::bad_websocket_key},
      {"empty key", key(""), Refusal::bad_websocket_key},
      {"key of 15 bytes", key("AAAAAAAAAAAAAAAAAAAA"), Refusal::bad_websocket_key},
      {"key of 17 bytes", key("AAAAAAAAAAAAAAAAAAAAAAA="), Refusal::bad_websocket_key},
      {"key that is no base64", key("dGhlIHNhbXBsZSBub25j_Q=="), Refusal::bad_websocket_key},
      {"subprotocols that are no tokens", {.more = "Sec-WebSocket-Protocol: a b\r\n"}, Refusal::bad_subprotocol_list},
      {"a quoted subprotocol", {.more = "Sec-WebSocket-Protocol: \"a\"\r\n"}, Refusal::bad_subprotocol_list},
      {"a bad one behind a good one",
       {.more = "Sec-WebSocket-Protocol: sentix.v1, a/b\r\n"},
       Refusal::bad_subprotocol_list},
      {"no subprotocol in the list", {.more = "Sec-WebSocket-Protocol: , ,\r\n"}, Refusal::bad_subprotocol_list},
      {"an empty list", {.more = "Sec-WebSocket-Protocol:\r\n"}, Refusal::bad_subprotocol_list},
      {"a token cut short", {.request_line = "GET /?token=%4 HTTP/1.1"}, Refusal::bad_token_encoding},
  };
  CHECK(refusal_of(Head{}) == std::nullopt);
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto refusal = refusal_of(row.head);
    REQUIRE(refusal.has_value());
    CHECK(describe(*refusal).sentence == describe(row.refusal).sentence);
  }
}

TEST_CASE("Upgrade and Connection are lists in any case and over several lines") {
  for (const std::string upgrade :
       {"Upgrade: WebSocket\r\n", "upgrade: h2c , websocket\r\n", "Upgrade: h2c\r\nUpgrade: websocket\r\n"}) {
    CHECK(refusal_of({.upgrade = upgrade}) == std::nullopt);
  }
  for (const std::string connection : {"Connection: keep-alive, Upgrade\r\n", "connection:UPGRADE,\r\n",
                                       "Connection: close\r\nConnection: , upgrade\r\n"}) {
    CHECK(refusal_of({.connection = connection}) == std::nullopt);
  }
}

TEST_CASE("paths are the policy's") {
  const HandshakePolicy policy{.paths = {"/live"}, .subprotocols = {}};
  CHECK(refusal_of({.request_line = "GET /live?x HTTP/1.1"}, policy) == std::nullopt);
  CHECK(refusal_of({.request_line = "GET http://example.com/live HTTP/1.1"}, policy) == std::nullopt);
  CHECK(refusal_of({}, policy) == Refusal::unknown_path);
}

TEST_CASE("origins") {
  const HandshakePolicy policy{
      .paths = {"/"}, .subprotocols = {}, .allowed_origins = {"https://example.com", "http://localhost:8080"}};
  const auto refusal = [&](const std::string& origin) {
    return refusal_of({.more = "Origin: " + origin + "\r\n"}, policy);
  };
  for (const std::string origin :
       {"https://example.com", "HTTPS://Example.COM", "https://example.com:443", "http://localhost:8080"}) {
    CAPTURE(origin);
    CHECK(refusal(origin) == std::nullopt);
  }
  for (const std::string origin : {"http://example.com", "https://example.com:8443", "https://example.com/",
                                   "https://example.com.evil.org", "https://evil.org", "https://a.example.com",
                                   "http://localhost", "null", "", "https://example.com, https://evil.org"}) {
    CAPTURE(origin);
    CHECK(refusal(origin) == Refusal::origin_not_allowed);
  }
  CHECK(refusal_of({}, policy) == std::nullopt);
  CHECK(refusal_of({.more = "Origin: null\r\n"}) == std::nullopt);
}

TEST_CASE("where the same origin is asked for, pages of other hosts are kept out, and listed origins decide alone") {
  const HandshakePolicy policy{.paths = {"/"}, .subprotocols = {}, .allowed_origins = {}, .same_origin = true};
  const HandshakePolicy listed{
      .paths = {"/"}, .subprotocols = {}, .allowed_origins = {"https://*.evil.org"}, .same_origin = true};
  CHECK(refusal_of({}, policy) == std::nullopt);
  CHECK(refusal_of({.more = "Origin: https://example.com\r\n"}, policy) == std::nullopt);
  CHECK(refusal_of({.more = "Origin: https://www.evil.org\r\n"}, policy) == Refusal::origin_not_allowed);
  CHECK(refusal_of({.more = "Origin: null\r\n"}, policy) == Refusal::origin_not_allowed);
  CHECK(refusal_of({.more = "Origin: https://www.evil.org\r\n"}, listed) == std::nullopt);
  CHECK(refusal_of({.more = "Origin: https://example.com\r\n"}, listed) == Refusal::origin_not_allowed);
}

TEST_CASE("the first of the server's subprotocols that was offered is chosen") {
  const HandshakePolicy policy{.paths = {"/"}, .subprotocols = {"sentix.v2", "sentix.v1"}};
  CHECK(subprotocol_of("", policy) == "");
  CHECK(subprotocol_of("Sec-WebSocket-Protocol: chat\r\n", policy) == "");
  CHECK(subprotocol_of("Sec-WebSocket-Protocol: SENTIX.V1\r\n", policy) == "");
  CHECK(subprotocol_of("Sec-WebSocket-Protocol: sentix.v1\r\n", policy) == "sentix.v1");
  CHECK(subprotocol_of("Sec-WebSocket-Protocol: chat,sentix.v1 ,, sentix.v2\r\n", policy) == "sentix.v2");
  CHECK(subprotocol_of("Sec-WebSocket-Protocol: sentix.v2, sentix.v1, chat\r\n", policy) == "sentix.v2");
  CHECK(subprotocol_of("Sec-WebSocket-Protocol: sentix.v1\r\nsec-websocket-protocol: sentix.v2\r\n", policy) ==
        "sentix.v2");
  CHECK(subprotocol_of("Sec-WebSocket-Protocol: sentix.v1\r\n", {.paths = {"/"}, .subprotocols = {}}) == "");
}

TEST_CASE("compression is agreed where the policy has it, over all lines of the header") {
  const std::string text = Head{.more =
                                    "Sec-WebSocket-Extensions: x-webkit-deflate-frame\r\n"
                                    "sec-websocket-extensions: permessage-deflate; client_max_window_bits\r\n"}
                               .text();
  CHECK_FALSE(std::get<AcceptedUpgrade>(decide_head(text, {})).deflate);
  const auto agreed = std::get<AcceptedUpgrade>(decide_head(text, {.deflate = DeflatePolicy{}})).deflate;
  REQUIRE(agreed);
  CHECK(agreed->response == "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  CHECK_FALSE(std::get<AcceptedUpgrade>(decide_head(Head{}.text(), {.deflate = DeflatePolicy{}})).deflate);
}

TEST_CASE("a malformed list of extensions is refused, whatever the policy") {
  for (const std::string bad : {"a; b=\"c,d\"", ";;=", "a b", "a;", "a; b=", "permessage-deflate; \"x\"", "(a)"}) {
    CAPTURE(bad);
    const std::string text = Head{.more = "Sec-WebSocket-Extensions: " + bad + "\r\n"}.text();
    CHECK(std::get<Refusal>(decide_head(text, {})) == Refusal::bad_extension_list);
    CHECK(std::get<Refusal>(decide_head(text, {.deflate = DeflatePolicy{}})) == Refusal::bad_extension_list);
  }
}

TEST_CASE("credentials come from Authorization, else from the query") {
  const std::string with_token = "GET /?room=1&token=a%2Fb+c%3D HTTP/1.1";
  CHECK(credential_of({}) == std::nullopt);
  CHECK(credential_of({.request_line = with_token}) == "a/b+c=");
  CHECK(credential_of({.request_line = "GET /?token= HTTP/1.1"}) == "");
  CHECK(credential_of({.more = "Authorization: Bearer x.y\r\n"}) == "x.y");
  CHECK(credential_of({.more = "authorization: BEARER   x\r\n"}) == "x");
  CHECK(credential_of({.more = "Authorization: Bearer\r\n"}) == "");
  CHECK(credential_of({.more = "Authorization: Bearerx y\r\n"}) == std::nullopt);
  CHECK(credential_of({.more = "Authorization: Basic eDp5\r\n"}) == std::nullopt);
  CHECK(credential_of({.request_line = with_token, .more = "Authorization: Bearer x\r\n"}) == "x");
  CHECK(credential_of({.request_line = with_token, .more = "Authorization: Basic eDp5\r\n"}) == "a/b+c=");
  const Head page{.request_line = with_token, .upgrade = "", .connection = "", .version = "", .key = ""};
  CHECK(credential_of(page) == "a/b+c=");
}

}  // namespace
}  // namespace sentix::protocol
