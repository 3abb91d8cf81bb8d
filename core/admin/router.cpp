#include "core/admin/router.h"

#include <array>
#include <string>

#include "core/admin/channel_listing.h"
#include "core/admin/connection_listing.h"
#include "core/admin/disconnecting.h"
#include "core/admin/files.h"
#include "core/admin/health.h"
#include "core/admin/metrics_page.h"
#include "core/admin/node_info.h"
#include "core/admin/openapi.h"
#include "core/admin/publishing.h"
#include "core/admin/settings_in_force.h"
#include "core/admin/stats.h"
#include "core/admin/tap.h"

namespace sentix::core {
namespace {

constexpr std::array kRoutes{
    AdminRoute{"GET", "/health", answer_health},
    AdminRoute{"GET", "/ready", answer_ready},
    AdminRoute{"GET", "/metrics", answer_metrics},
    AdminRoute{"POST", "/api/publish", answer_publish},
    AdminRoute{"POST", "/api/publish_batch", answer_publish_batch},
    AdminRoute{"POST", "/api/broadcast", answer_broadcast},
    AdminRoute{"POST", "/api/disconnect", answer_disconnect},
    AdminRoute{"GET", "/api/channels", answer_channels},
    AdminRoute{"GET", "/api/members", answer_members},
    AdminRoute{"GET", "/api/tap", answer_tap},
    AdminRoute{"GET", "/api/connections", answer_connections},
    AdminRoute{"GET", "/api/connection", answer_connection},
    AdminRoute{"GET", "/api/closes", answer_closes},
    AdminRoute{"GET", "/api/info", answer_info},
    AdminRoute{"GET", "/api/nodes", answer_nodes},
    AdminRoute{"GET", "/api/stats", answer_stats},
    AdminRoute{"GET", "/api/settings", answer_settings},
    AdminRoute{"GET", "/api/openapi.json", answer_openapi},
};

bool takes(const AdminRoute& route, std::string_view method) {
  return method == route.method || (method == "HEAD" && route.method == "GET");
}

AdminAnswer not_allowed(const AdminRoute& route) {
  const std::string_view allow = route.method == "GET" ? "GET, HEAD" : route.method;
  AdminAnswer answer = admin_error(405, "method_not_allowed", "This is asked for by " + std::string(allow) + ".");
  answer.allow = allow;
  return answer;
}

}  // namespace

std::span<const AdminRoute> admin_routes() {
  return kRoutes;
}

void answer_admin_request(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  if (const AdminFile* const file = find_file(context.options, request.head.target.path);
      file != nullptr && request.head.method != "POST") {
    return reply(answer_file(*file));
  }
  const AdminRoute* by_another_method = nullptr;
  for (const AdminRoute& route : kRoutes) {
    if (request.head.target.path != route.path) {
      continue;
    }
    if (takes(route, request.head.method)) {
      return route.answer(context, request, reply);
    }
    by_another_method = &route;
  }
  reply(by_another_method != nullptr ? not_allowed(*by_another_method)
                                     : admin_error(404, "not_found", "There is nothing at this path."));
}

}  // namespace sentix::core
