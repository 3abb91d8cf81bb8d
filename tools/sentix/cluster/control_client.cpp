#include "tools/sentix/cluster/control_client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "core/file_descriptor.h"

namespace sentix::tools {

namespace {

constexpr timeval kPatience{10, 0};

[[noreturn]] void fail(const std::string& path, int error) {
  throw std::runtime_error("no cluster manager answers at " + path +
                           " (--control): " + std::generic_category().message(error));
}

core::FileDescriptor connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    fail(path, ENAMETOOLONG);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  core::FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience)) != 0 ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    fail(path, errno);
  }
  return socket;
}

}  // namespace

std::string ask_manager(const std::string& path, const std::string& command) {
  const core::FileDescriptor socket = connect_to(path);
  const std::string line = command + '\n';
  if (::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) < 0) {
    fail(path, errno);
  }
  std::string answer;
  std::array<char, 4096> buffer;
  ssize_t count = 0;
  while ((count = ::recv(socket.get(), buffer.data(), buffer.size(), 0)) > 0) {
    answer.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (count < 0) {
    fail(path, errno);
  }
  constexpr std::string_view kOk = "ok\n";
  constexpr std::string_view kError = "error ";
  if (answer.starts_with(kOk)) {
    return answer.substr(kOk.size());
  }
  const std::string reason = answer.substr(0, answer.find('\n'));
  throw std::runtime_error(reason.starts_with(kError) ? reason.substr(kError.size())
                                                      : "the manager's answer is not what this version understands");
}

}  // namespace sentix::tools
