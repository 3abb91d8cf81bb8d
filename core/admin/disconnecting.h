#pragma once

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// POST /api/disconnect: {"user":"ann"} for all connections of a user, or {"connection":"c01..."} for one, and perhaps
// "code" (4003 by default: do not come back) and "reason". 200 with {"disconnected":N}; 404 where there is no such
// connection.
//
// A connection is one of this node, a user's are those of all nodes: N are this one's, and "nodes" is how many nodes
// have been told, this one included. It is missing where the server is alone.
void answer_disconnect(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
