#pragma once

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// GET /api/stats: the numbers of /metrics that a picture of this moment needs, summed over the workers, as one JSON
// object. What has a rate is a total since the start ("totals", "ended", the counts of the histograms): whoever asks
// twice divides the differences by that of "clock_ms", which never goes back. All are whole numbers.
void answer_stats(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
