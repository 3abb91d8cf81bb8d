#pragma once

#include <string>

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// Why this server is not to be sent new clients, as a sentence; empty where it is. The one place that says so.
[[nodiscard]] std::string not_ready(const Shared& shared);

// GET /health: 200 for as long as the process can answer at all. A supervisor restarts who does not.
void answer_health(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

// GET /ready: 200, or 503 with the reason. A load balancer sends clients elsewhere.
void answer_ready(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
