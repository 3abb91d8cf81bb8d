#pragma once

#include <optional>

#include "core/address.h"
#include "core/admin/admin_options.h"
#include "core/admin/exchange.h"
#include "protocol/http_request.h"

namespace sentix::core {

// Who may ask the admin listener, decided on the head of a request before its body is read:
//
//  - Host is a literal address, localhost, or one of `hosts`. A page whose name was made to point here (DNS rebinding)
//    has its own name there. HTTP/1.0 may leave Host out; no browser does.
//  - An Origin is that of the listener itself: pages of others may not ask.
//  - POST comes with Content-Type: application/json, which no form of a page can send without being asked first.
//  - Whoever is not on this machine shows the bearer token; so does whoever comes through a proxy, which is on this
//    machine for those who are not. A token that is shown must be the right one, wherever it comes from. There may be
//    a second one, with which nothing can be asked by POST.
//  - The files of the dashboard need no token: what they show does.
//
// Gives the first rule that is broken, as what to answer.
[[nodiscard]] std::optional<AdminAnswer> check_admin_request(const protocol::HttpRequest& request, const Address& from,
                                                             const AdminOptions& options);

// Whether the token of a request is the one with which nothing can be changed.
[[nodiscard]] bool may_only_look(const protocol::HttpRequest& request, const AdminOptions& options);

}  // namespace sentix::core
