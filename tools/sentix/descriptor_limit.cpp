#include "tools/sentix/descriptor_limit.h"

#include <sys/resource.h>

#include <limits>

namespace sentix::tools {

namespace {

// Standard streams, log files, listening sockets and what libuv opens for each worker.
constexpr std::size_t kForTheServer = 64;

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return std::numeric_limits<std::size_t>::max();
  }
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

std::optional<std::string> descriptor_warning(std::size_t max_clients, std::size_t limit) {
  if (limit >= kForTheServer && max_clients <= limit - kForTheServer) {
    return std::nullopt;
  }
  return "max_clients is " + std::to_string(max_clients) + ", but the process may have only " + std::to_string(limit) +
         " open descriptors, one for each client and " + std::to_string(kForTheServer) +
         " for itself: raise the limit (ulimit -n, LimitNOFILE=) or lower max_clients";
}

}  // namespace sentix::tools
