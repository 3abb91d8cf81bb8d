#pragma once

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// GET /api/info: what this node is and how much it has to do; and whether who asks may only look ("read_only").
void answer_info(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

// GET /api/nodes: as GET /nodes of the public listener (NodeDirectory::to_json), and in front of it "self", the id of
// this node. A server that is alone has neither: {"nodes":[]}.
void answer_nodes(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

// GET /api/closes?connection=c01...&user=ann&address=192.0.2.1&limit=100: why connections ended or were refused, the
// last ones first. Each has "connection", "address", "at" (RFC 3339), "reason" (a name of core/ending's table),
// "message", and where there is one "user", "code", "setting" and "limit". This answers "why was I disconnected?".
void answer_closes(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
