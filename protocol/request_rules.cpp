#include "protocol/request_rules.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "protocol/http_syntax.h"

namespace sentix::protocol {
namespace {

// Two of one of these are two answers to one question. RFC 9110 §5.3 forbids to send a second one, and RFC 6455 §11.3.1
// and §11.3.5 say so again. A repeated Content-Length may be repaired where its values agree (RFC 9112 §6.3); it is
// refused here.
constexpr std::array<std::string_view, 6> kSingletons{"Host",          "Content-Length",    "Origin",
                                                      "Authorization", "Sec-WebSocket-Key", "Sec-WebSocket-Version"};

constexpr std::size_t kBodyBytesMax = std::size_t{1} << 40;  // more than any limit: body_bytes() has been checked

// RFC 9112 §3.2: HTTP/1.1 has exactly one Host; HTTP/1.0 may have none. §3.2.2: with an absolute-form target, Host
// repeats its authority; where they differ, a server that believes the one and a proxy that believes the other
// disagree.
std::optional<Refusal> check_host(const HttpRequest& request) {
  const auto host = request.headers.find("Host");
  if (!host) {
    if (request.version == HttpVersion::http_1_1) return Refusal::missing_host;
    return std::nullopt;
  }
  if (!is_host_and_port(*host)) return Refusal::bad_host;
  const std::string_view authority = request.target.authority;
  if (!authority.empty() && !equal_ignoring_case(authority, *host)) return Refusal::host_differs_from_target;
  return std::nullopt;
}

// A number of any length, or `limit` + 1 where it is larger than `limit`. `digits` is nothing but digits.
std::size_t up_to(std::size_t limit, std::string_view digits) {
  std::size_t value = 0;
  for (const char digit : digits) {
    value = value * 10 + static_cast<std::size_t>(digit - '0');
    if (value > limit) return limit + 1;
  }
  return value;
}

// RFC 9112 §6: Transfer-Encoding or a Content-Length above zero announces a body.
std::optional<Refusal> check_framing(const HeaderFields& headers, std::size_t body_bytes_max) {
  const bool may_have_body = body_bytes_max > 0;
  const bool has_transfer_encoding = headers.find("Transfer-Encoding").has_value();
  const auto length = headers.find("Content-Length");
  if (length && has_transfer_encoding) return Refusal::conflicting_framing;
  if (has_transfer_encoding) return may_have_body ? Refusal::length_required : Refusal::body_not_allowed;
  if (!length) return std::nullopt;
  if (length->empty() || !std::all_of(length->begin(), length->end(), is_digit)) return Refusal::bad_content_length;
  if (up_to(body_bytes_max, *length) > body_bytes_max) {
    return may_have_body ? Refusal::body_too_large : Refusal::body_not_allowed;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_request(const HttpRequest& request, std::size_t body_bytes_max) {
  for (const std::string_view name : kSingletons) {
    if (request.headers.count(name) > 1) return Refusal::repeated_header;
  }
  if (const auto refusal = check_host(request)) return refusal;
  return check_framing(request.headers, body_bytes_max);
}

std::size_t body_bytes(const HttpRequest& request) {
  return up_to(kBodyBytesMax, request.headers.find("Content-Length").value_or(""));
}

}  // namespace sentix::protocol
