#include "core/admin/settings_in_force.h"

namespace sentix::core {

void answer_settings(AdminContext& context, const AdminRequest&, const AdminReply& reply) {
  const auto configuration = context.shared.configuration.get();
  const std::string& json = configuration->options.settings_in_force;
  reply(json.empty() ? admin_error(404, "not_found", "The program that runs this server does not tell its settings.")
                     : AdminAnswer{.body = json});
}

}  // namespace sentix::core
