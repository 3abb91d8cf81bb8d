#pragma once

#include <string_view>

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// The API's description in the form of OpenAPI 3.1: every path of admin_routes(), with its parameters and answers.
[[nodiscard]] std::string_view openapi_description();

// GET /api/openapi.json
void answer_openapi(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
