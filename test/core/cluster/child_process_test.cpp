#include "core/cluster/child_process.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <system_error>

using sentix::core::ChildProcess;
using sentix::core::find_program;

namespace {

// All that it writes, to its end.
std::string output_of(const ChildProcess& child) {
  std::string text;
  std::array<char, 256> buffer;
  pollfd watched{.fd = child.output(), .events = POLLIN, .revents = 0};
  while (poll(&watched, 1, -1) == 1) {
    const ssize_t count = read(child.output(), buffer.data(), buffer.size());
    if (count <= 0) {
      break;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

std::string end_of(ChildProcess& child) {
  for (;;) {
    if (const auto how = child.ended()) {
      return *how;
    }
    poll(nullptr, 0, 1);
  }
}

}  // namespace

TEST_CASE("what a child writes to either stream, and how it ends") {
  ChildProcess child("/bin/sh", {"-c", "echo out; echo err >&2; exit 3"});
  CHECK(output_of(child) == "out\nerr\n");
  CHECK(end_of(child) == "ended with status 3");
  CHECK_FALSE(child.ended());
}

TEST_CASE("a child is not told what a service manager told its parent alone") {
  setenv("NOTIFY_SOCKET", "/nowhere", 1);
  setenv("SENTIX_TEST_KEPT", "kept", 1);
  ChildProcess child("/bin/sh", {"-c", "echo $NOTIFY_SOCKET$SENTIX_TEST_KEPT"});
  unsetenv("NOTIFY_SOCKET");
  CHECK(output_of(child) == "kept\n");
}

TEST_CASE("a child begins with no signal blocked, reads nothing, and has a process group of its own") {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  ChildProcess child("/bin/sh", {"-c", "cat; exec sleep 1000"});
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(getpgid(child.id()) != getpgrp());
  child.signal(SIGTERM);
  CHECK(end_of(child) == "was ended by signal 15");
}

TEST_CASE("what cannot be run is said") {
  CHECK_THROWS_WITH_AS(static_cast<void>(find_program("no-such-program-as-this")),
                       doctest::Contains("there is no program no-such-program-as-this in PATH"), std::system_error);
  CHECK_THROWS_WITH_AS(static_cast<void>(find_program("/no/such/file")), doctest::Contains("cannot run /no/such/file"),
                       std::system_error);
  CHECK(find_program("sh").ends_with("/sh"));
  CHECK_THROWS_WITH_AS(ChildProcess("/etc/passwd", {}), doctest::Contains("cannot run /etc/passwd"), std::system_error);
}
