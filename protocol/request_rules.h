#pragma once

#include <optional>

#include "protocol/http_request.h"
#include "protocol/refusal.h"

namespace sentix::protocol {

// The rules that need a whole request head: which headers may occur once, Host, and that there is no body. These are
// the places where two servers in a row may read one request in two ways (request smuggling), so what RFC 9112 lets a
// server repair is refused.
//
// Gives the first rule that `request` breaks, in the order: repeated header, Host, framing. RequestParser applies it to
// each complete head; nobody else needs to.
std::optional<Refusal> check_request(const HttpRequest& request);

}  // namespace sentix::protocol
