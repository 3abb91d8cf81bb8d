#pragma once

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// GET /api/channels?prefix=news-&after=news-7&limit=100: the channels that exist, in the order of their names, up to
// `limit` (100, at most 1000) of those whose names begin with `prefix` and come after `after`:
// {"channels":[{"channel":"news-8","clients":2},...],"next":"news-107"}. Where there is a `next`, it is the `after` of
// the next page.
void answer_channels(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

// GET /api/members?channel=lobby&limit=100: who is on a channel with presence, at most `limit` of them, and how many
// there are: {"channel":"lobby","count":1,"members":[{"user":"ann","info":{},"connections":2}]}. 404 where the channel
// is not there or has no presence.
void answer_members(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
