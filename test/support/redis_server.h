#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "test/support/temporary_folder.h"

namespace sentix::test {

// Whether this machine has a redis-server to test with.
inline bool has_redis_server() {
  return std::system("command -v redis-server > /dev/null 2>&1") == 0;
}

// A redis-server of a test's own, on a free loopback port and a Unix path, that keeps nothing and ends with this.
// Whether it answers already is for who connects to find out.
class RedisServer {
 public:
  // `port_option` is what its port is for.
  explicit RedisServer(std::vector<std::string> arguments = {}, std::string port_option = "--port")
      : arguments_(std::move(arguments)), port_option_(std::move(port_option)) {
    start();
  }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer() { kill(); }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string unix_path() const { return folder_.path("r.sock"); }

  // As a crash does it. start() brings it back on the same port.
  void kill() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }

  void stop() const { ::kill(pid_, SIGSTOP); }
  void go_on() const { ::kill(pid_, SIGCONT); }

  void start() {
    std::vector<std::string> words{
        "--port",       "0",  port_option_, std::to_string(port_), "--bind",       "127.0.0.1", "--save",      "",
        "--appendonly", "no", "--dir",      folder_.path(""),      "--unixsocket", unix_path(), "--daemonize", "no"};
    words.insert(words.begin(), arguments_.begin(), arguments_.end());  // of which the first may be a file
    words.insert(words.begin(), "redis-server");
    std::vector<char*> argv;
    for (std::string& word : words) {
      argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      const int silence = ::open("/dev/null", O_WRONLY);
      ::dup2(silence, 1);
      ::dup2(silence, 2);
      ::execvp(argv[0], argv.data());
      ::_exit(127);
    }
  }

 private:
  static std::uint16_t free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
      ::close(fd);
      throw std::runtime_error("no free port");
    }
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(fd);
    return ntohs(address.sin_port);
  }

  std::vector<std::string> arguments_;
  std::string port_option_;
  TemporaryFolder folder_;
  std::uint16_t port_ = free_port();
  pid_t pid_ = -1;
};

}  // namespace sentix::test
