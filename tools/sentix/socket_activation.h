#pragma once

#include <vector>

#include "core/file_descriptor.h"
#include "tools/sentix/environment.h"

namespace sentix::tools {

// The listening sockets that a service manager opened for this process, by the variables LISTEN_PID and LISTEN_FDS
// (sd_listen_fds(3) of systemd; other managers speak it as well): none where they are for no process or another one. To
// be called once, because the descriptors are the caller's then. Throws std::runtime_error where LISTEN_FDS is no
// count.
[[nodiscard]] std::vector<core::FileDescriptor> activated_sockets(const Environment& environment);

}  // namespace sentix::tools
