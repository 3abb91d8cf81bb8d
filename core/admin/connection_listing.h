#pragma once

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// GET /api/connections?search=ann&after=c01...&limit=100: the clients that are connected, in the order of their ids, up
// to `limit` (100, at most 1000) of those that come after `after` and have `search` in their id, address or user's
// name, upper case or lower:
// {"connections":[{"connection":"c01...","address":"192.0.2.1:4711","user":"ann","channels":2,
// "connected_seconds":60,"waiting_bytes":0},...],"next":"c01..."}. Where there is a `next`, it is the `after` of the
// next page. A worker looks at so many clients at once; where few of them match a page is short, and has a `next`.
void answer_connections(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

// GET /api/connection?id=c01...: one of them, with more: "subscriptions" (at most 1000 names of channels),
// "quiet_seconds" since something arrived, "read_from" (false: back-pressure, or a rate), "tls", "compressed", where it
// shows one "info", where it ends "expires_at", and where it has one its "rate_class". 404 where it is not connected.
void answer_connection(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
