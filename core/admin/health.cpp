#include "core/admin/health.h"

namespace sentix::core {

std::string not_ready(const Shared& shared) {
  if (shared.draining.load(std::memory_order_relaxed)) {
    return "This server is going away.";
  }
  return shared.storage ? shared.storage->problem() : shared.broker->problem();
}

void answer_health(AdminContext&, const AdminRequest&, const AdminReply& reply) {
  reply({.body = R"({"status":"ok"})"});
}

void answer_ready(AdminContext& context, const AdminRequest&, const AdminReply& reply) {
  const std::string reason = not_ready(context.shared);
  reply(reason.empty() ? AdminAnswer{.body = R"({"status":"ready"})"} : admin_error(503, "unavailable", reason));
}

}  // namespace sentix::core
