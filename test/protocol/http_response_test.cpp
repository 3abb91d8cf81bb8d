#include "protocol/http_response.h"

#include <doctest/doctest.h>

#include "protocol/http_syntax.h"

namespace sentix::protocol {
namespace {

struct Response {
  std::string_view status_line;
  std::string_view headers;  // every line with its CR LF
  std::string_view body;
};

// Cuts a response apart, and checks on the way that each line of its head is one.
Response cut(std::string_view text) {
  const std::size_t status_end = text.find("\r\n");
  const std::size_t head_end = text.find("\r\n\r\n");
  REQUIRE(head_end != std::string_view::npos);
  const Response response{.status_line = text.substr(0, status_end),
                          .headers = text.substr(status_end + 2, head_end - status_end),
                          .body = text.substr(head_end + 4)};
  for (std::string_view rest = response.headers; !rest.empty();) {
    std::string_view line = take_until(rest, '\r');
    REQUIRE(rest.starts_with('\n'));
    rest.remove_prefix(1);
    CHECK(is_all(ByteClass::token, take_until(line, ':')));
    CHECK(is_all(ByteClass::field_value, line));
  }
  return response;
}

bool has_line(const Response& response, std::string_view line) {
  return ("\r\n" + std::string(response.headers)).find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
}

constexpr AcceptKey accept_key_of(std::string_view text) {
  AcceptKey key{};
  text.copy(key.data(), key.size());
  return key;
}

const AcceptKey kAccept = accept_key_of("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

TEST_CASE("the upgrade is RFC 6455's example") {
  CHECK(upgrade_response(kAccept, "chat") ==
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        "Sec-WebSocket-Protocol: chat\r\n"
        "\r\n");
}

TEST_CASE("what was not negotiated is not named in the upgrade") {
  const std::string plain = upgrade_response(kAccept, "");
  CHECK(plain.find("Protocol:") == std::string::npos);
  CHECK(plain.find("Extensions:") == std::string::npos);
  const std::string deflate = upgrade_response(kAccept, "", "permessage-deflate");
  CHECK(has_line(cut(deflate), "Sec-WebSocket-Extensions: permessage-deflate"));
}

TEST_CASE("a refusal is one sentence and closes") {
  CHECK(refusal_response(Refusal::unknown_path) ==
        "HTTP/1.1 404 Not Found\r\n"
        "Connection: close\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Content-Length: 31\r\n"
        "\r\n"
        "There is nothing at this path.\n");
}

TEST_CASE("an answer says how the connection goes on, and what its status owes") {
  CHECK(answer_response({.body = "{}"}) ==
        "HTTP/1.1 200 OK\r\n"
        "Connection: keep-alive\r\n"
        "Cache-Control: no-store\r\n"
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
        "Content-Type: application/json\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Content-Length: 2\r\n"
        "\r\n"
        "{}");
  const std::string last = answer_response({.body = "{}", .keep_alive = false, .head_only = true});
  const Response head = cut(last);
  CHECK(has_line(head, "Connection: close"));
  CHECK(has_line(head, "Content-Length: 2"));
  CHECK(head.body.empty());
  const std::string not_allowed = answer_response({.status = 405, .body = "", .allow = "POST"});
  CHECK(has_line(cut(not_allowed), "Allow: POST"));
  const std::string full = answer_response({.status = 503, .body = ""});
  CHECK(has_line(cut(full), "Retry-After: 5"));
}

TEST_CASE("every refusal is a whole response") {
  for (std::size_t i = 0; i < kRefusalCount; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    const RefusalInfo& info = describe(refusal);
    CAPTURE(info.sentence);
    const std::string text = refusal_response(refusal);
    const Response response = cut(text);
    CHECK(response.status_line ==
          "HTTP/1.1 " + std::to_string(info.status) + " " + std::string(reason_phrase(info.status)));
    CHECK(response.body == std::string(info.sentence) + "\n");
    CHECK(has_line(response, "Content-Length: " + std::to_string(response.body.size())));
    CHECK(has_line(response, "Connection: close") == (info.status != 426));
    CHECK(has_line(response, "Connection: Upgrade, close") == (info.status == 426));
    CHECK(has_line(response, "Upgrade: websocket") == (info.status == 426));
    CHECK(has_line(response, "Sec-WebSocket-Version: 13") == (info.status == 426));
    CHECK(has_line(response, "Allow: GET, HEAD") == (info.status == 405));
    CHECK(has_line(response, "WWW-Authenticate: Bearer") == (info.status == 401));
    CHECK(has_line(response, "Retry-After: 5") == (info.status == 429 || info.status == 503));

    const std::string head_text = refusal_response(refusal, {.head_only = true});
    CHECK(head_text == text.substr(0, text.size() - response.body.size()));
  }
}

TEST_CASE("the pause that a client is asked for") {
  const std::string text = refusal_response(Refusal::over_capacity, {.retry_after = std::chrono::seconds(120)});
  CHECK(has_line(cut(text), "Retry-After: 120"));
}

TEST_CASE("a page") {
  const Page page{.body = "<html>\r\n\r\n</html>", .content_security_policy = "default-src 'self'"};
  const std::string text = page_response(page);
  const Response response = cut(text);
  CHECK(response.status_line == "HTTP/1.1 200 OK");
  CHECK(has_line(response, "Content-Type: text/html; charset=utf-8"));
  CHECK(has_line(response, "X-Content-Type-Options: nosniff"));
  CHECK(has_line(response, "Content-Security-Policy: default-src 'self'"));
  CHECK(has_line(response, "Cache-Control: no-cache"));
  CHECK(has_line(response, "Connection: close"));
  CHECK(has_line(response, "Content-Length: 17"));
  CHECK(response.body == page.body);
  CHECK(page_response(page, true) == text.substr(0, text.size() - page.body.size()));
}

TEST_CASE("a value cannot begin another header line") {
  const Page page{.body = "", .content_security_policy = "a\r\nSet-Cookie: b\r\n\r\n<script>"};
  const std::string text = page_response(page);
  CHECK(has_line(cut(text), "Content-Security-Policy: aSet-Cookie: b<script>"));
  CHECK(cut(text).body == "");
  CHECK(has_line(cut(upgrade_response(kAccept, "x\ny", "e\r\nz")), "Sec-WebSocket-Protocol: xy"));
}

}  // namespace
}  // namespace sentix::protocol
