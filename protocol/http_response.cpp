#include "protocol/http_response.h"

#include <algorithm>
#include <array>

#include "protocol/http_syntax.h"

namespace sentix::protocol {
namespace {

struct Phrase {
  std::uint16_t status;
  std::string_view text;
};

constexpr std::array<Phrase, 18> kPhrases{{
    {101, "Switching Protocols"},
    {200, "OK"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
}};

constexpr std::size_t kHeadBytesEstimate = 384;  // no head of ours is longer, apart from a long Content-Security-Policy

void append_status_line(std::string& out, std::uint16_t status) {
  out += "HTTP/1.1 ";
  out += std::to_string(status);
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
}

// Leaving out what is no field-value (RFC 9110 §5.5) makes a second header line impossible, whatever the configuration
// holds.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) {
    if (is(ByteClass::field_value, c)) out += c;
  }
  out += "\r\n";
}

void append_content_headers(std::string& out, std::string_view type) {
  append_header(out, "Content-Type", type);
  append_header(out, "X-Content-Type-Options", "nosniff");
}

void append_content(std::string& out, std::string_view type, std::string_view body, bool head_only) {
  append_content_headers(out, type);
  append_header(out, "Content-Length", std::to_string(body.size()));
  out += "\r\n";
  if (!head_only) out += body;
}

// What a status owes its reader besides the sentence.
void append_headers_of_status(std::string& out, std::uint16_t status, std::string_view allow,
                              std::chrono::seconds retry_after) {
  switch (status) {
    case 401:  // RFC 9110 §15.5.2
      return append_header(out, "WWW-Authenticate", "Bearer");
    case 405:  // RFC 9110 §15.5.6
      return append_header(out, "Allow", allow);
    case 426:  // RFC 9110 §15.5.22 and §7.8; RFC 6455 §4.4
      append_header(out, "Upgrade", "websocket");
      return append_header(out, "Sec-WebSocket-Version", "13");
    case 429:  // RFC 6585 §4
    case 503:  // RFC 9110 §15.6.4
      return append_header(out, "Retry-After", std::to_string(retry_after.count()));
    default:
      return;
  }
}

}  // namespace

std::string upgrade_response(const AcceptKey& accept_key, std::string_view subprotocol, std::string_view extensions) {
  std::string out;
  out.reserve(kHeadBytesEstimate);
  append_status_line(out, 101);
  append_header(out, "Upgrade", "websocket");
  append_header(out, "Connection", "Upgrade");
  append_header(out, "Sec-WebSocket-Accept", {accept_key.data(), accept_key.size()});
  if (!subprotocol.empty()) append_header(out, "Sec-WebSocket-Protocol", subprotocol);
  if (!extensions.empty()) append_header(out, "Sec-WebSocket-Extensions", extensions);
  out += "\r\n";
  return out;
}

std::string refusal_response(Refusal refusal, const RefusalOptions& options) {
  const RefusalInfo& info = describe(refusal);
  std::string out;
  out.reserve(kHeadBytesEstimate + info.sentence.size());
  append_status_line(out, info.status);
  append_header(out, "Connection",
                info.status == 426 ? "Upgrade, close" : "close");  // RFC 9110 §7.8: named with Upgrade
  append_headers_of_status(out, info.status, "GET, HEAD", options.retry_after);
  append_content(out, "text/plain; charset=utf-8", std::string(info.sentence) + '\n', options.head_only);
  return out;
}

std::string page_response(const Page& page, bool head_only) {
  std::string out;
  out.reserve(kHeadBytesEstimate + page.content_security_policy.size() + (head_only ? 0 : page.body.size()));
  append_status_line(out, 200);
  append_header(out, "Connection", "close");
  append_header(out, "Cache-Control", page.cache_control);
  append_header(out, "Content-Security-Policy", page.content_security_policy);
  if (!page.allow_origin.empty()) append_header(out, "Access-Control-Allow-Origin", page.allow_origin);
  append_content(out, page.content_type, page.body, head_only);
  return out;
}

std::string answer_response(const Answer& answer) {
  std::string out;
  out.reserve(kHeadBytesEstimate + (answer.head_only ? 0 : answer.body.size()));
  append_status_line(out, answer.status);
  append_header(out, "Connection", answer.keep_alive ? "keep-alive" : "close");
  append_header(out, "Cache-Control", "no-store");
  append_header(out, "Content-Security-Policy", answer.content_security_policy);
  append_headers_of_status(out, answer.status, answer.allow, answer.retry_after);
  if (answer.open_ended) {
    append_content_headers(out, answer.content_type);
    return out += "\r\n";
  }
  append_content(out, answer.content_type, answer.body, answer.head_only);
  return out;
}

std::string_view reason_phrase(std::uint16_t status) {
  const auto* row = std::find_if(kPhrases.begin(), kPhrases.end(), [&](const Phrase& p) { return p.status == status; });
  return row == kPhrases.end() ? std::string_view() : row->text;
}

}  // namespace sentix::protocol
