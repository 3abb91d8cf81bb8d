#include "protocol/request_target.h"

#include <algorithm>

#include "protocol/http_syntax.h"

namespace sentix::protocol {
namespace {

// Removes "http://" or "https://" from the front; false where there is neither.
bool take_scheme(std::string_view& text) {
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (equal_ignoring_case(text.substr(0, scheme.size()), scheme)) {
      text.remove_prefix(scheme.size());
      return true;
    }
  }
  return false;
}

// IPv6address or IPvFuture between brackets, judged by its alphabet: nothing here connects to it.
bool is_ip_literal(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' &&
         std::all_of(text.begin() + 1, text.end() - 1, [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.' || c == 'v';
         });
}

}  // namespace

std::optional<RequestTarget> parse_request_target(std::string_view text) {
  RequestTarget target{.whole = text, .authority = {}, .path = {}, .query = {}};
  std::string_view rest = text;
  if (take_scheme(rest)) {
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    target.authority = rest.substr(0, end);
    rest.remove_prefix(end);
    if (target.authority.empty()) return std::nullopt;
  } else if (!rest.starts_with('/')) {
    return std::nullopt;
  }
  target.path = take_until(rest, '?');
  target.query = rest;
  if (target.path.empty()) target.path = "/";  // RFC 9110 §4.2.3: an http URI with an empty path means "/"
  return target;
}

bool is_host_and_port(std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = text.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  return (is_all(ByteClass::host_name, host) || is_ip_literal(host)) && std::all_of(port.begin(), port.end(), is_digit);
}

}  // namespace sentix::protocol
