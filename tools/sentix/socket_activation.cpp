#include "tools/sentix/socket_activation.h"

#include <unistd.h>

#include <charconv>
#include <stdexcept>
#include <string>

namespace sentix::tools {

namespace {

constexpr int kFirst = 3;  // behind the standard streams
constexpr int kCountMax = 4096;

}  // namespace

std::vector<core::FileDescriptor> activated_sockets(const Environment& environment) {
  std::vector<core::FileDescriptor> sockets;
  if (value_of(environment, "LISTEN_PID") != std::to_string(::getpid())) {
    return sockets;
  }
  const std::string text = value_of(environment, "LISTEN_FDS");
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 1 || count > kCountMax) {
    throw std::runtime_error("environment: LISTEN_FDS: \"" + text + "\" is no number of sockets from 1 to " +
                             std::to_string(kCountMax));
  }
  for (int i = 0; i < count; ++i) {
    sockets.emplace_back(kFirst + i);
  }
  return sockets;
}

}  // namespace sentix::tools
