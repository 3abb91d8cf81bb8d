#pragma once

#include <string>
#include <string_view>

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// POST /api/publish: {"channel":C,"data":ANY} and perhaps "key", which makes a repetition harmless as in the command of
// that name. Publish rights and handlers are not asked. 200 with {}, or where the channel keeps history with its
// "offset" and "epoch": of a durable one when it is stored, or 503 when it could not be. A channel that is not there
// and would keep nothing is one with nobody to hear it: 200.
void answer_publish(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

// POST /api/publish_batch: {"publications":[{"channel":C,"data":ANY,"key":K},...]}, in their order. All are checked
// before the first is published; 200 with {"results":[...]}, one for each: what /api/publish would have answered.
void answer_publish_batch(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

// POST /api/broadcast: {"channels":[C,...],"data":ANY}, one value to up to 1000 channels; 200 with "results" likewise.
void answer_broadcast(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
