#pragma once

#include <cstddef>
#include <optional>

#include "protocol/http_request.h"
#include "protocol/refusal.h"

namespace sentix::protocol {

// The rules that need a whole request head: which headers may occur once, Host, and how long a body may be. These are
// the places where two servers in a row may read one request in two ways (request smuggling), so what RFC 9112 lets a
// server repair is refused. A body in chunks is refused as well: who writes an API call knows how long it is.
//
// Gives the first rule that `request` breaks, in the order: repeated header, Host, framing. RequestParser applies it to
// each complete head; nobody else needs to. With a `body_bytes_max` of 0 no request has a body.
std::optional<Refusal> check_request(const HttpRequest& request, std::size_t body_bytes_max = 0);

// How long the body is that follows, of a request that check_request() let through.
[[nodiscard]] std::size_t body_bytes(const HttpRequest& request);

}  // namespace sentix::protocol
