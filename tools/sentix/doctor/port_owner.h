#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sentix::tools {

// The inodes of the sockets that listen on a port, in the text of /proc/net/tcp or /proc/net/tcp6.
[[nodiscard]] std::vector<std::string> listening_inodes(std::string_view table, std::uint16_t port);

// Who listens on a port of this machine, as "nginx, process 12"; empty where nobody does, or this user may not look
// into that process. Linux only; elsewhere it is always empty.
[[nodiscard]] std::string port_owner(std::uint16_t port);

}  // namespace sentix::tools
