#include "core/admin/gate.h"

#include <algorithm>
#include <array>

#include "auth/secret.h"
#include "core/admin/files.h"
#include "protocol/http_syntax.h"
#include "protocol/ip_address.h"
#include "protocol/origin.h"

namespace sentix::core {
namespace {

using protocol::equal_ignoring_case;
using protocol::HttpRequest;

// What proxies add, whoever they are: one of these, and the peer's address says nothing about who asks.
constexpr std::array<std::string_view, 6> kForwarding{"Forwarded",         "X-Forwarded-For", "X-Forwarded-Host",
                                                      "X-Forwarded-Proto", "X-Real-IP",       "Via"};

constexpr std::string_view kNoToken =
    "Whoever is not on this machine, or comes through a proxy, needs a bearer token, and none is configured: "
    "set admin_token (--admin-token, WEBSOCKET_ADMIN_TOKEN).";
constexpr std::string_view kMayOnlyLook =
    "The token of admin_read_token may only look: what changes something needs that of admin_token.";
constexpr std::string_view kWrongToken =
    "This needs \"Authorization: Bearer\" with the token that admin_token (WEBSOCKET_ADMIN_TOKEN) has set.";

// The host of a well-formed "host[:port]".
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) {
    return host.substr(1, host.find(']') - 1);
  }
  return host.substr(0, host.find(':'));
}

bool is_host_known(const HttpRequest& request, const AdminOptions& options) {
  const auto header = request.headers.find("Host");
  if (!header) {
    return true;
  }
  const std::string_view host = without_port(*header);
  const auto same = [&](const std::string& name) { return equal_ignoring_case(name, host); };
  return protocol::parse_ip(host).has_value() || equal_ignoring_case(host, "localhost") ||
         std::any_of(options.hosts.begin(), options.hosts.end(), same);
}

bool is_origin_own(const HttpRequest& request) {
  const auto origin = request.headers.find("Origin");
  return !origin || protocol::is_same_origin(*origin, request.headers.find("Host").value_or(""));
}

bool is_json(const HttpRequest& request) {
  std::string_view type = request.headers.find("Content-Type").value_or("");
  type = protocol::trimmed(protocol::take_until(type, ';'));
  return equal_ignoring_case(type, "application/json");
}

bool is_local(const HttpRequest& request, const Address& from) {
  const auto forwards = [&](std::string_view name) { return request.headers.find(name).has_value(); };
  return from.family == Address::Family::ip && from.ip.is_loopback() &&
         std::none_of(kForwarding.begin(), kForwarding.end(), forwards);
}

// Never an empty token.
bool shows_token(const HttpRequest& request, const std::string& token) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view given = request.headers.find("Authorization").value_or("");
  return given.size() > kScheme.size() && equal_ignoring_case(given.substr(0, kScheme.size()), kScheme) &&
         auth::equal(given.substr(kScheme.size()), token);
}

std::optional<AdminAnswer> check_token(const HttpRequest& request, const Address& from, const AdminOptions& options) {
  const bool local = is_local(request, from);
  const bool none_configured = options.token.empty() && options.read_token.empty();
  if (none_configured) {
    return local ? std::nullopt : std::optional(admin_error(403, "forbidden", kNoToken));
  }
  const bool shows_something = request.headers.find("Authorization").has_value();
  if ((local && !shows_something) || shows_token(request, options.token) || shows_token(request, options.read_token)) {
    return std::nullopt;
  }
  return admin_error(401, "unauthenticated", kWrongToken);
}

// Without data of the server, and asked for by a browser before it has a token.
bool loads_file(const HttpRequest& request, const AdminOptions& options) {
  return (request.method == "GET" || request.method == "HEAD") && find_file(options, request.target.path) != nullptr;
}

}  // namespace

std::optional<AdminAnswer> check_admin_request(const HttpRequest& request, const Address& from,
                                               const AdminOptions& options) {
  if (!is_host_known(request, options)) {
    return admin_error(403, "forbidden",
                       "The Host header is neither a literal address nor localhost: list its name in admin_hosts.");
  }
  if (!is_origin_own(request)) {
    return admin_error(403, "forbidden", "Pages of other origins may not ask.");
  }
  if (loads_file(request, options)) {
    return std::nullopt;
  }
  if (auto denial = check_token(request, from, options)) {
    return denial;
  }
  if (request.method == "POST" && may_only_look(request, options)) {
    return admin_error(403, "forbidden", kMayOnlyLook);
  }
  if (request.method == "POST" && !is_json(request)) {
    return admin_error(415, "unsupported_media_type", "A POST needs \"Content-Type: application/json\".");
  }
  return std::nullopt;
}

bool may_only_look(const HttpRequest& request, const AdminOptions& options) {
  return shows_token(request, options.read_token) && !shows_token(request, options.token);
}

}  // namespace sentix::core
