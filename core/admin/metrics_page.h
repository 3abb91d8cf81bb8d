#pragma once

#include <string>

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// Everything that is counted about a server, in Prometheus's text format. Counters are those of the workers, read while
// they go on: two samples of one page may be of slightly different moments.
[[nodiscard]] std::string metrics_page(const AdminContext& context);

// GET /metrics.
void answer_metrics(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
