#include "core/handover.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "core/listening_socket.h"
#include "test/support/temporary_folder.h"

using namespace sentix::core;
using sentix::test::TemporaryFolder;

namespace {

// One side: it listens on a TCP port of its own, or on what it was given.
struct Process {
  explicit Process(const std::string& path) : listener(path) {}

  void start(std::vector<FileDescriptor> sockets) {
    listening = std::move(sockets);
    listener.start([this] { return duplicates(listening); }, [this] { succeeded.set_value(); });
  }
  void await_successor() { succeeded.get_future().wait(); }

  std::vector<FileDescriptor> listening;
  std::promise<void> succeeded;
  HandoverListener listener;  // goes first: its thread uses the others
};

std::vector<FileDescriptor> sockets(unsigned count) {
  return std::move(listen_on({.host = "127.0.0.1", .workers = count}).of_worker.front());
}

std::uint16_t port_of(const FileDescriptor& fd) {
  std::vector<FileDescriptor> one;
  one.emplace_back(::dup(fd.get()));
  return share_out({.listening = std::move(one)}, 1, false).port;
}

FileDescriptor unix_listener(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(::listen(fd.get(), 5) == 0);
  return fd;
}

}  // namespace

TEST_CASE("the sockets go from one process to the next, and to the one after it") {
  const TemporaryFolder folder;
  const std::string path = folder.path("handover");
  CHECK_FALSE(Predecessor::at(path));
  auto first = std::make_unique<Process>(path);
  first->start(sockets(1));
  const std::uint16_t port = port_of(first->listening.front());
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);

  auto predecessor = Predecessor::at(path);
  REQUIRE(predecessor);
  auto second = std::make_unique<Process>(path);
  auto taken = predecessor->take_listening();
  REQUIRE(taken.size() == 1);
  CHECK(port_of(taken.front()) == port);
  second->start(std::move(taken));
  predecessor->retire();
  first->await_successor();
  first.reset();
  CHECK(std::filesystem::exists(path));  // it is the second one's

  predecessor = Predecessor::at(path);
  REQUIRE(predecessor);
  CHECK(port_of(predecessor->take_listening().front()) == port);
  predecessor->retire();
  second->await_successor();
}

TEST_CASE("a successor that dies before it accepts changes nothing") {
  const TemporaryFolder folder;
  const std::string path = folder.path("handover");
  {
    Process process(path);
    process.start(sockets(1));
    for (int i = 0; i < 3; ++i) {
      CHECK(Predecessor::at(path)->take_listening().size() == 1);  // and gone
    }
    auto predecessor = Predecessor::at(path);
    REQUIRE(predecessor);
    predecessor->retire();
    process.await_successor();
  }
}

TEST_CASE("a process without a successor takes its path away, and ends while it waits for a word") {
  const TemporaryFolder folder;
  const std::string path = folder.path("handover");
  std::optional<Predecessor> half;
  {
    Process process(path);
    process.start(sockets(1));
    half = Predecessor::at(path);
    CHECK(half);
  }
  CHECK(std::filesystem::is_empty(std::filesystem::path(path).parent_path()));
  { const HandoverListener never_started(path); }
  CHECK(std::filesystem::is_empty(std::filesystem::path(path).parent_path()));
}

TEST_CASE("more sockets than fit into one message arrive in order") {
  const TemporaryFolder folder;
  const std::string path = folder.path("handover");
  Process process(path);
  std::vector<FileDescriptor> many = sockets(1);
  for (int i = 0; i < 300; ++i) {
    many.emplace_back(::dup(many.front().get()));
  }
  many.push_back(std::move(sockets(1).front()));
  const std::uint16_t last = port_of(many.back());
  process.start(std::move(many));
  auto predecessor = Predecessor::at(path);
  REQUIRE(predecessor);
  const auto taken = predecessor->take_listening();
  REQUIRE(taken.size() == 302);
  CHECK(port_of(taken.back()) == last);
}

TEST_CASE("the path of a process that was killed is taken over") {
  const TemporaryFolder folder;
  const std::string path = folder.path("handover");
  { const FileDescriptor dead = unix_listener(path); }
  CHECK_FALSE(Predecessor::at(path));
  Process process(path);
  process.start(sockets(1));
  CHECK(Predecessor::at(path));
}

TEST_CASE("what is no sentix, or no socket, is refused by name") {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "");
  CHECK_THROWS_WITH_AS(HandoverListener{file}, doctest::Contains("something else than a socket"), std::system_error);
  CHECK_THROWS_WITH_AS(HandoverListener{folder.path("none/handover")}, doctest::Contains("--handover"),
                       std::system_error);
  CHECK_THROWS_WITH_AS(Predecessor::at(std::string(200, 'x')), doctest::Contains("--handover"), std::system_error);

  const std::string path = folder.path("other");
  const FileDescriptor other = unix_listener(path);
  for (const std::string& answer : {std::string(), std::string("HTTP/1.1 400 Bad Request\r\n"), std::string("abc")}) {
    std::thread answering([&] {
      const FileDescriptor peer(::accept(other.get(), nullptr, nullptr));
      CHECK(::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(answer.size()));
    });
    CHECK_THROWS_WITH_AS(Predecessor::at(path), doctest::Contains("--handover"), std::system_error);
    answering.join();
  }
}
