#pragma once

#include <span>
#include <string_view>

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// One thing that the admin listener can be asked for. A GET answers HEAD as well.
struct AdminRoute {
  std::string_view method;
  std::string_view path;
  void (*answer)(AdminContext& context, const AdminRequest& request, const AdminReply& reply);
};

// All of them, in the order in which the API's description has them.
[[nodiscard]] std::span<const AdminRoute> admin_routes();

// Has the route of the request answered, or gives the file at its path; 404 where there is none at its path, 405 where
// there is one by another method.
void answer_admin_request(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
