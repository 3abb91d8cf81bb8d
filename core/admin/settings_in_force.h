#pragma once

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// GET /api/settings: Options::settings_in_force, as the program that runs the server has put it. 404 where it has not.
void answer_settings(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
