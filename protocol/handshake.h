#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/accept_key.h"
#include "protocol/deflate/negotiation.h"
#include "protocol/http_request.h"
#include "protocol/refusal.h"

namespace sentix::protocol {

// What a server accepts; constant while handshakes are decided by it.
struct HandshakePolicy {
  std::vector<std::string> paths{"/", "/ws"};          // where a WebSocket may be opened; compared exactly
  std::vector<std::string> subprotocols{"sentix.v1"};  // in order of preference
  std::vector<std::string> allowed_origins{};          // rules (origin.h); none listed: any, or see same_origin
  bool same_origin = false;                            // none listed: only pages that come from this host
  std::optional<DeflatePolicy> deflate{};              // without one, no compression is agreed
};

// The token that came with the request, percent-decoded, never judged here: `Authorization: Bearer X`, or else
// `?token=X`. Empty where a client gave an empty one; absent where it gave none. Another Authorization scheme is not
// ours and is passed over.
using Credential = std::optional<std::string>;

// Open a WebSocket: send upgrade_response() (http_response.h), then frames.
struct AcceptedUpgrade {
  AcceptKey accept_key{};
  std::string_view path{};         // borrows from the request
  std::string_view subprotocol{};  // borrows from the policy; empty where nothing matched: the response names none
  Credential credential{};
  std::optional<DeflateAgreement> deflate{};
};

// A GET or HEAD that asks for no WebSocket: send page_response(), or a refusal such as unknown_path.
struct PageRequest {
  std::string_view path{};  // borrows from the request
  bool head_only = false;
  Credential credential{};
};

using HandshakeDecision = std::variant<AcceptedUpgrade, PageRequest, Refusal>;

// Decides what a request is, and whether to grant it (RFC 6455 §4.2). Pure: the same request and policy give the same
// decision. Who the credential belongs to, and whether there is room, is for the caller to decide next.
//
// A request is a handshake where its Upgrade lists "websocket" or where it has a Sec-WebSocket-Key: then whatever is
// missing is refused by name, instead of being answered with a page, because proxies that drop Upgrade are what goes
// wrong most. Other protocols in Upgrade (h2c) are ignored, as RFC 9110 §7.8 allows.
//
// A client without an Origin is not a browser, and passes where origins are listed: the list protects users from
// foreign pages (RFC 6455 §10.2), not the server from programs, which write there what they like. `same_origin` is for
// servers to which a browser shows who its user is without being asked: by a cookie, or by a certificate.
HandshakeDecision decide(const HttpRequest& request, const HandshakePolicy& policy);

}  // namespace sentix::protocol
