#include "core/listening_socket.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <barrier>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "test/support/client_socket.h"

using namespace sentix;
using core::listen_on;
using core::ListeningSockets;

namespace {

// A folder of its own for one test, gone with it.
struct TemporaryFolder {
  TemporaryFolder() {
    char name[] = "/tmp/sentix-test-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

std::string failure(const core::ListenRequest& request) {
  try {
    listen_on(request);
  } catch (const std::system_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("port 0 takes a free port and tells it, the same for every worker") {
  const ListeningSockets sockets = listen_on({.host = "127.0.0.1", .port = 0, .workers = 3});
  CHECK(sockets.port != 0);
  CHECK(sockets.url == "ws://127.0.0.1:" + std::to_string(sockets.port));
  REQUIRE(sockets.of_worker.size() == 3);
  for (const auto& of_worker : sockets.of_worker) {
    CHECK(of_worker.size() == 1);
  }
  CHECK_NOTHROW(test::ClientSocket(sockets.port));
}

TEST_CASE("what is accepted sends small pieces at once") {
  const ListeningSockets sockets = listen_on({.host = "127.0.0.1", .port = 0});
  const test::ClientSocket client(sockets.port);
  const core::FileDescriptor accepted(::accept(sockets.of_worker[0][0].get(), nullptr, nullptr));
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  REQUIRE(::getsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) == 0);
  CHECK(no_delay != 0);
}

TEST_CASE("an address that is taken is an error that names the port, however many workers either server has") {
  for (const unsigned first : {1U, 2U}) {
    for (const unsigned second : {1U, 2U}) {
      const ListeningSockets taken = listen_on({.host = "127.0.0.1", .port = 0, .workers = first});
      const std::string sentence = failure({.host = "127.0.0.1", .port = taken.port, .workers = second});
      CHECK(sentence.find("--port " + std::to_string(taken.port)) != std::string::npos);
      CHECK(sentence.find("already") != std::string::npos);
    }
  }
}

TEST_CASE("of servers that start at the same moment one alone gets the port") {
  constexpr int kRounds = 200;
  constexpr std::size_t kServers = 4;
  int rounds_with_one = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint16_t port = listen_on({.host = "127.0.0.1", .port = 0}).port;  // free again
    std::array<std::optional<ListeningSockets>, kServers> servers;
    std::barrier together(static_cast<std::ptrdiff_t>(kServers));
    std::vector<std::thread> threads;
    for (auto& server : servers) {
      threads.emplace_back([&] {
        together.arrive_and_wait();
        try {
          server = listen_on({.host = "127.0.0.1", .port = port, .workers = 2});
        } catch (const std::system_error&) {
          server.reset();
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    const auto listening = std::count_if(servers.begin(), servers.end(), [](const auto& s) { return s.has_value(); });
    rounds_with_one += listening == 1 ? 1 : 0;
  }
  CHECK(rounds_with_one == kRounds);
}

TEST_CASE("every worker's socket gets its share of those who connect") {
  const ListeningSockets sockets = listen_on({.host = "127.0.0.1", .port = 0, .workers = 2});
  std::vector<std::unique_ptr<test::ClientSocket>> clients;
  for (int i = 0; i < 64; ++i) {
    clients.push_back(std::make_unique<test::ClientSocket>(sockets.port));
  }
  for (const auto& of_worker : sockets.of_worker) {
    const core::FileDescriptor accepted(::accept(of_worker[0].get(), nullptr, nullptr));
    CHECK(accepted);
  }
}

TEST_CASE("with reuse_port two servers share a port on purpose") {
  const ListeningSockets one = listen_on({.host = "127.0.0.1", .port = 0, .reuse_port = true});
  CHECK_NOTHROW(listen_on({.host = "127.0.0.1", .port = one.port, .reuse_port = true}));
}

TEST_CASE("IPv6 is listened on with and without brackets, and shown with them") {
  for (const char* host : {"::1", "[::1]"}) {
    const ListeningSockets sockets = listen_on({.host = host, .port = 0});
    CHECK(sockets.url == "ws://[::1]:" + std::to_string(sockets.port));
  }
}

TEST_CASE("a name is listened on at every address that it stands for here") {
  const ListeningSockets sockets = listen_on({.host = "localhost", .port = 0, .workers = 2});
  CHECK(sockets.of_worker[0].size() == sockets.of_worker[1].size());
  CHECK_NOTHROW(test::ClientSocket(sockets.port));
}

TEST_CASE("a host that is no address of this machine is an error that names the setting") {
  CHECK(failure({.host = "no such host", .port = 0}).find("--host no such host") != std::string::npos);
  CHECK(failure({.host = "192.0.2.77", .port = 0}).find("192.0.2.77") != std::string::npos);
}

TEST_CASE("a Unix socket has mode 0660, belongs to the first worker, and its path is told") {
  const TemporaryFolder folder;
  const std::string path = folder.path / "sentix.sock";
  const ListeningSockets sockets = listen_on({.host = "unix:" + path, .workers = 2});
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0660);
  CHECK(sockets.of_worker[0].size() == 1);
  CHECK(sockets.of_worker[1].empty());
  CHECK(sockets.url == "unix:" + path);
  CHECK(sockets.unix_path == path);
  CHECK_NOTHROW(test::ClientSocket{path});
  CHECK(failure({.host = "unix:" + path}).find("another program listens there already") != std::string::npos);
}

TEST_CASE("the socket that a dead server left is replaced, another file is not") {
  const TemporaryFolder folder;
  const std::string path = folder.path / "sentix.sock";
  { const ListeningSockets dead = listen_on({.host = "unix:" + path}); }
  CHECK(std::filesystem::exists(path));
  CHECK_NOTHROW(listen_on({.host = "unix:" + path}));

  const std::string file = folder.path / "file";
  std::ofstream(file) << "precious";
  CHECK(failure({.host = "unix:" + file}).find("something else") != std::string::npos);
  CHECK(std::filesystem::file_size(file) == 8);
}

TEST_CASE("a path that does not fit a socket address is an error that names the length") {
  CHECK(failure({.host = "unix:"}).find("1 to 107 bytes") != std::string::npos);
  CHECK(failure({.host = "unix:/" + std::string(107, 'x')}).find("1 to 107 bytes") != std::string::npos);
}

TEST_CASE("inherited sockets: every one is served, and every worker serves") {
  const auto inherit = [](unsigned sockets, unsigned workers) {
    ListeningSockets opened = listen_on({.host = "127.0.0.1", .port = 0, .workers = sockets});
    core::InheritedSockets inherited;
    for (auto& of_worker : opened.of_worker) {
      inherited.listening.push_back(std::move(of_worker.front()));
    }
    return share_out(std::move(inherited), workers, false);
  };
  const auto counts = [](const ListeningSockets& sockets) {
    std::vector<std::size_t> sizes;
    for (const auto& of_worker : sockets.of_worker) {
      sizes.push_back(of_worker.size());
    }
    return sizes;
  };
  CHECK(counts(inherit(1, 3)) == std::vector<std::size_t>{1, 1, 1});
  CHECK(counts(inherit(3, 3)) == std::vector<std::size_t>{1, 1, 1});
  CHECK(counts(inherit(2, 3)) == std::vector<std::size_t>{1, 1, 1});
  CHECK(counts(inherit(5, 2)) == std::vector<std::size_t>{3, 2});
  const ListeningSockets sockets = inherit(1, 2);
  CHECK(sockets.url == "ws://127.0.0.1:" + std::to_string(sockets.port));
  CHECK_NOTHROW(test::ClientSocket(sockets.port));
}

TEST_CASE("the path of an inherited Unix socket goes with it where it is said so") {
  const TemporaryFolder folder;
  const std::string path = folder.path / "sentix.sock";
  ListeningSockets opened = listen_on({.host = "unix:" + path});
  for (const bool with_path : {true, false}) {
    core::InheritedSockets inherited{.listening = core::duplicates(opened.of_worker.front()), .with_path = with_path};
    const ListeningSockets sockets = share_out(std::move(inherited), 2, false);
    CHECK(sockets.url == "unix:" + path);
    CHECK(sockets.port == 0);
    CHECK(sockets.unix_path == (with_path ? path : ""));
    CHECK(sockets.of_worker[0].size() == 1);
    CHECK(sockets.of_worker[1].empty());
  }
}

TEST_CASE("what is inherited and does not listen is an error that names the descriptor") {
  core::InheritedSockets inherited;
  inherited.listening.emplace_back(::dup(STDIN_FILENO));
  const std::string number = std::to_string(inherited.listening.front().get());
  CHECK_THROWS_WITH_AS(share_out(std::move(inherited), 1, false), doctest::Contains(("descriptor " + number).c_str()),
                       std::system_error);
}
