#include "protocol/origin.h"

#include <algorithm>
#include <optional>

#include "protocol/http_syntax.h"
#include "protocol/request_target.h"

namespace sentix::protocol {
namespace {

constexpr std::string_view kAnyHostBelow = "*.";

struct Origin {
  std::string_view scheme;
  std::string_view host;  // IPv6 with its brackets
  std::string_view port;  // never empty, unless the scheme has none of its own
};

std::string_view default_port(std::string_view scheme) {
  if (equal_ignoring_case(scheme, "https") || equal_ignoring_case(scheme, "wss")) return "443";
  if (equal_ignoring_case(scheme, "http") || equal_ignoring_case(scheme, "ws")) return "80";
  return {};
}

// RFC 3986 §3.1.
bool is_scheme(std::string_view text) {
  const auto letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

// `authority` is a host and perhaps a port (is_host_and_port).
Origin split(std::string_view scheme, std::string_view authority) {
  const std::size_t end = authority.find_last_of(":]");
  const bool has_port = end != std::string_view::npos && authority[end] == ':';
  const std::string_view port = has_port ? authority.substr(end + 1) : std::string_view();
  return {scheme, authority.substr(0, has_port ? end : authority.size()), port.empty() ? default_port(scheme) : port};
}

std::optional<Origin> parse_origin(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return std::nullopt;
  const std::string_view authority = text.substr(colon + 3);
  if (!is_host_and_port(authority)) return std::nullopt;
  return split(text.substr(0, colon), authority);
}

// One or more labels, with a dot behind each.
bool are_labels(std::string_view text) {
  while (!text.empty()) {
    const std::size_t dot = text.find('.');
    if (dot == 0 || dot == std::string_view::npos) return false;
    text.remove_prefix(dot + 1);
  }
  return true;
}

bool matches_host(std::string_view rule, std::string_view host) {
  if (rule.substr(0, kAnyHostBelow.size()) != kAnyHostBelow) return equal_ignoring_case(rule, host);
  const std::string_view parent = rule.substr(kAnyHostBelow.size());
  if (host.size() <= parent.size()) return false;
  const std::string_view labels = host.substr(0, host.size() - parent.size());
  return are_labels(labels) && equal_ignoring_case(host.substr(labels.size()), parent);
}

}  // namespace

bool is_origin_rule(std::string_view text) {
  if (text == "*" || text == "null") return true;
  const auto origin = parse_origin(text);
  if (!origin) return false;
  const bool pattern = origin->host.substr(0, kAnyHostBelow.size()) == kAnyHostBelow;
  const std::string_view name = origin->host.substr(pattern ? kAnyHostBelow.size() : 0);
  return !name.empty() && name.find('*') == std::string_view::npos;
}

bool matches_origin(std::string_view rule, std::string_view origin) {
  if (rule == "*") return true;
  if (rule == "null") return origin == "null";
  const auto expected = parse_origin(rule);
  const auto given = parse_origin(origin);
  return expected && given && equal_ignoring_case(expected->scheme, given->scheme) && expected->port == given->port &&
         matches_host(expected->host, given->host);
}

bool is_same_origin(std::string_view origin, std::string_view host) {
  const auto page = parse_origin(origin);
  if (!page || !is_host_and_port(host)) return false;
  const Origin server = split(page->scheme, host);
  return equal_ignoring_case(page->host, server.host) && page->port == server.port;
}

}  // namespace sentix::protocol
