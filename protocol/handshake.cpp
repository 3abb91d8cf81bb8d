#include "protocol/handshake.h"

#include <algorithm>

#include "protocol/deflate/extension_offers.h"
#include "protocol/http_syntax.h"
#include "protocol/origin.h"
#include "protocol/url_query.h"

namespace sentix::protocol {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_handshake(const HttpRequest& request) {
  return request.headers.has_element("Upgrade", "websocket") || request.headers.find("Sec-WebSocket-Key").has_value();
}

// RFC 6455 §4.2.1, and the two checks of §4.2.2 that refuse: each rule once, in the order in which a refusal says most.
std::optional<Refusal> check_handshake(const HttpRequest& request, const HandshakePolicy& policy) {
  const HeaderFields& headers = request.headers;
  if (request.version == HttpVersion::http_1_0) return Refusal::upgrade_over_http_1_0;
  if (request.method != "GET") return Refusal::method_not_allowed;
  if (!headers.has_element("Upgrade", "websocket")) return Refusal::missing_upgrade;
  if (!headers.has_element("Connection", "upgrade")) return Refusal::missing_connection_upgrade;
  if (!contains(policy.paths, request.target.path)) return Refusal::unknown_path;

  const auto version = headers.find("Sec-WebSocket-Version");
  if (!version) return Refusal::missing_websocket_version;
  if (*version != "13") return Refusal::unsupported_websocket_version;
  if (!is_websocket_key(headers.find("Sec-WebSocket-Key").value_or(""))) return Refusal::bad_websocket_key;
  return std::nullopt;
}

bool is_origin_allowed(const HttpRequest& request, const HandshakePolicy& policy) {
  const auto origin = request.headers.find("Origin");
  if (!origin) return true;
  const auto& allowed = policy.allowed_origins;
  if (allowed.empty()) return !policy.same_origin || is_same_origin(*origin, request.headers.find("Host").value_or(""));
  return std::any_of(allowed.begin(), allowed.end(),
                     [&](const std::string& rule) { return matches_origin(rule, *origin); });
}

// RFC 6455 §11.3.4: 1#token over all lines of the header; empty elements are passed over, as RFC 9110 §5.6.1.2 asks.
// Gives the first of `known` that was offered, an empty view where none was, and nothing where the list is malformed.
std::optional<std::string_view> choose_subprotocol(const HeaderFields& headers, const std::vector<std::string>& known) {
  auto best = known.end();
  bool present = false;
  bool offers_something = false;
  for (const HeaderField& field : headers.all()) {
    if (!equal_ignoring_case(field.name, "Sec-WebSocket-Protocol")) continue;
    present = true;
    for (std::string_view rest = field.value; !rest.empty();) {
      const std::string_view offered = trimmed(take_until(rest, ','));
      if (offered.empty()) continue;
      if (!is_all(ByteClass::token, offered)) return std::nullopt;
      offers_something = true;
      best = std::min(best, std::find(known.begin(), known.end(), offered));
    }
  }
  if (present && !offers_something) return std::nullopt;
  return best == known.end() ? std::string_view() : std::string_view(*best);
}

// RFC 6750 §2.1 and §2.3. False where the token in the query cannot be decoded.
bool read_credential(const HttpRequest& request, Credential& credential) {
  std::string_view authorization = request.headers.find("Authorization").value_or("");
  if (equal_ignoring_case(take_until(authorization, ' '), "Bearer")) {
    credential = trimmed(authorization);
    return true;
  }
  const auto token = find_parameter(request.target.query, "token");
  if (token) credential = percent_decoded(*token);
  return !token || credential;
}

// RFC 6455 §9.1. False where the header is malformed, whether or not anything could be agreed.
bool read_extensions(const HeaderFields& headers, const HandshakePolicy& policy, AcceptedUpgrade& upgrade) {
  const std::string list = headers.joined("Sec-WebSocket-Extensions");
  const auto offers = parse_extensions(list);
  if (!offers) return false;
  if (policy.deflate) upgrade.deflate = negotiate(*offers, *policy.deflate);
  return true;
}

HandshakeDecision decide_page(const HttpRequest& request) {
  PageRequest page{.path = request.target.path, .head_only = request.method == "HEAD"};
  if (!page.head_only && request.method != "GET") return Refusal::method_not_allowed;
  if (!read_credential(request, page.credential)) return Refusal::bad_token_encoding;
  return page;
}

}  // namespace

HandshakeDecision decide(const HttpRequest& request, const HandshakePolicy& policy) {
  if (!is_handshake(request)) return decide_page(request);
  if (const auto refusal = check_handshake(request, policy)) return *refusal;
  if (!is_origin_allowed(request, policy)) return Refusal::origin_not_allowed;
  const auto subprotocol = choose_subprotocol(request.headers, policy.subprotocols);
  if (!subprotocol) return Refusal::bad_subprotocol_list;
  AcceptedUpgrade upgrade{.path = request.target.path, .subprotocol = *subprotocol};
  if (!read_extensions(request.headers, policy, upgrade)) return Refusal::bad_extension_list;
  if (!read_credential(request, upgrade.credential)) return Refusal::bad_token_encoding;
  upgrade.accept_key = accept_key(*request.headers.find("Sec-WebSocket-Key"));
  return upgrade;
}

}  // namespace sentix::protocol
