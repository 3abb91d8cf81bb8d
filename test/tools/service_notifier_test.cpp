#include "tools/sentix/service_notifier.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <string>

#include "core/file_descriptor.h"
#include "test/support/temporary_folder.h"

using namespace sentix::tools;
using namespace std::chrono_literals;
using sentix::core::FileDescriptor;
using sentix::test::TemporaryFolder;

namespace {

// A service manager's end.
class Manager {
 public:
  explicit Manager(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.front() == '@') {
      address.sun_path[0] = '\0';
    }
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
  }

  std::string receive() {
    std::array<char, 4096> bytes{};
    const ssize_t count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    return {bytes.data(), static_cast<std::size_t>(count)};
  }

 private:
  FileDescriptor socket_;
};

}  // namespace

TEST_CASE("a manager is told by datagrams, at a path or at an abstract name") {
  const TemporaryFolder folder;
  for (const std::string& path : {folder.path("notify"), "@sentix-notify-" + std::to_string(::getpid())}) {
    Manager manager(path);
    const ServiceNotifier notifier(Environment{{"NOTIFY_SOCKET", path}});
    notifier.ready("listening on ws://127.0.0.1:8080");
    CHECK(manager.receive() == "READY=1\nSTATUS=listening on ws://127.0.0.1:8080");
    notifier.reloading();
    CHECK(manager.receive().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    notifier.stopping();
    CHECK(manager.receive().starts_with("STOPPING=1\n"));
    notifier.alive();
    CHECK(manager.receive() == "WATCHDOG=1");
  }
}

TEST_CASE("where there is no manager, or it is gone, nothing happens") {
  ServiceNotifier(Environment{}).ready("");
  ServiceNotifier(Environment{{"NOTIFY_SOCKET", ""}}).ready("");
  ServiceNotifier(Environment{{"NOTIFY_SOCKET", "/nowhere/notify"}}).ready("");
  ServiceNotifier(Environment{{"NOTIFY_SOCKET", std::string(500, 'x')}}).ready("");
}

TEST_CASE("a watchdog is asked for by a time, of this process") {
  using Timeout = std::optional<std::chrono::microseconds>;
  const std::string pid = std::to_string(::getpid());
  CHECK(ServiceNotifier(Environment{}).watchdog_timeout() == std::nullopt);
  CHECK(ServiceNotifier(Environment{{"WATCHDOG_USEC", "30000000"}}).watchdog_timeout() == Timeout(30s));
  CHECK(ServiceNotifier(Environment{{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", pid}}).watchdog_timeout() ==
        Timeout(30s));
  CHECK(ServiceNotifier(Environment{{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "1"}}).watchdog_timeout() ==
        std::nullopt);
  CHECK(ServiceNotifier(Environment{{"WATCHDOG_USEC", "0"}}).watchdog_timeout() == std::nullopt);
  CHECK(ServiceNotifier(Environment{{"WATCHDOG_USEC", "soon"}}).watchdog_timeout() == std::nullopt);
  CHECK(ServiceNotifier(Environment{{"WATCHDOG_USEC", "9223372036854775807"}}).watchdog_timeout() == Timeout(1h));
}

TEST_CASE("a watchdog speaks while the process moves, and is silent where it does not") {
  const TemporaryFolder folder;
  Manager manager(folder.path("notify"));
  const ServiceNotifier notifier({{"NOTIFY_SOCKET", folder.path("notify")}, {"WATCHDOG_USEC", "20000"}});
  std::atomic<int> asked = 0;
  {
    const Watchdog watchdog(notifier, [&] { return ++asked > 3; });
    CHECK(manager.receive() == "WATCHDOG=1");
  }
  CHECK(asked > 3);
}
