#include "tools/sentix/server_options.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "tools/web/pages.h"

namespace sentix::tools {

core::Options server_options(const Settings& settings, core::LogSink log) {
  core::Options options = settings.server;
  if (options.workers == 0) {
    options.workers =
        std::max(1u, std::thread::hardware_concurrency());  // what the process may run on, as glibc counts
  }
  if (!settings.users.empty()) {
    options.policy.authenticator = std::make_shared<auth::UserList>(settings.users);
  }
  if (settings.page == "chat") {
    options.page = chat_page();
    options.page_policy = chat_page_policy();
  }
  options.log = std::move(log);
  return options;
}

}  // namespace sentix::tools
