#include "protocol/client_handshake.h"

#include <charconv>

#include "protocol/accept_key.h"
#include "protocol/header_fields.h"
#include "protocol/http_syntax.h"

namespace sentix::protocol {

namespace {

constexpr std::string_view kEndOfLine = "\r\n";
constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr unsigned kSwitchingProtocols = 101;

std::string_view take_line(std::string_view& head) {
  const std::string_view line = head.substr(0, head.find(kEndOfLine));
  head.remove_prefix(line.size() + kEndOfLine.size());
  return line;
}

// RFC 9112 §4: HTTP-version SP status-code SP [reason-phrase].
bool read_status_line(std::string_view line, ServerAnswer& answer) {
  const std::string_view version = take_until(line, ' ');
  const std::string_view status = take_until(line, ' ');
  const auto [end, error] = std::from_chars(status.data(), status.data() + status.size(), answer.status);
  answer.reason = line;
  return version.starts_with("HTTP/1.") && status.size() == 3 && error == std::errc{} &&
         end == status.data() + status.size();
}

bool read_fields(std::string_view lines, HeaderFields& fields) {
  while (!lines.empty()) {
    std::string_view value = take_line(lines);
    const std::string_view name = take_until(value, ':');
    if (!is_all(ByteClass::token, name) || fields.all().size() == HeaderFields::kCapacity) {
      return false;
    }
    fields.add({name, trimmed(value)});
  }
  return true;
}

// §4.1, the numbered checks of the server's response.
std::optional<std::string_view> problem_of(const HeaderFields& fields, std::string_view key) {
  if (!equal_ignoring_case(fields.joined("Upgrade"), "websocket")) {
    return "the answer has no Upgrade: websocket";
  }
  if (!fields.has_element("Connection", "upgrade")) {
    return "the answer has no Connection: Upgrade";
  }
  const AcceptKey expected = accept_key(key);
  if (fields.find("Sec-WebSocket-Accept") != std::string_view(expected.data(), expected.size())) {
    return "the Sec-WebSocket-Accept of the answer is wrong";
  }
  if (fields.count("Sec-WebSocket-Extensions") > 0) {
    return "the answer has an extension that was not offered";
  }
  return std::nullopt;
}

}  // namespace

std::string client_request(const ClientRequest& request) {
  std::string text;
  const auto line = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(value).append(kEndOfLine);
  };
  text.append("GET ").append(request.target).append(" HTTP/1.1").append(kEndOfLine);
  line("Host: ", request.host);
  line("Upgrade: ", "websocket");
  line("Connection: ", "Upgrade");
  line("Sec-WebSocket-Version: ", "13");
  line("Sec-WebSocket-Key: ", request.key);
  if (!request.subprotocol.empty()) {
    line("Sec-WebSocket-Protocol: ", request.subprotocol);
  }
  if (!request.bearer_token.empty()) {
    line("Authorization: Bearer ", request.bearer_token);
  }
  return text.append(kEndOfLine);
}

std::optional<ServerAnswer> read_answer(std::string_view received, std::string_view key) {
  const std::size_t end = received.find(kEndOfHead);
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  ServerAnswer answer{.head_bytes = end + kEndOfHead.size()};
  std::string_view lines = received.substr(0, end + kEndOfLine.size());
  HeaderFields fields;
  if (!read_status_line(take_line(lines), answer) || !read_fields(lines, fields)) {
    answer.problem = "the answer is not HTTP";
    return answer;
  }
  answer.subprotocol = fields.find("Sec-WebSocket-Protocol").value_or("");
  answer.problem = answer.status == kSwitchingProtocols ? problem_of(fields, key)
                                                        : std::optional<std::string_view>("the server refused");
  return answer;
}

}  // namespace sentix::protocol
