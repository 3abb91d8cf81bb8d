#include "tools/load/target.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/un.h>

#include <stdexcept>

namespace sentix::load {
namespace {

std::string problem_of(const std::string& url) {
  try {
    static_cast<void>(parse_target(url));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

TEST_CASE("a WebSocket's URL") {
  const Target target = parse_target("ws://127.0.0.1:9001/ws?room=1");
  CHECK(target.transport == Transport::websocket);
  CHECK(target.host == "127.0.0.1:9001");
  CHECK(target.path == "/ws?room=1");
  const auto& address = reinterpret_cast<const sockaddr_in&>(target.address);
  CHECK(address.sin_family == AF_INET);
  CHECK(ntohs(address.sin_port) == 9001);
}

TEST_CASE("without a port it is 80, and without a path the root") {
  const Target target = parse_target("ws://127.0.0.1");
  CHECK(target.path == "/");
  CHECK(ntohs(reinterpret_cast<const sockaddr_in&>(target.address).sin_port) == 80);
}

TEST_CASE("IPv6 in brackets, with and without a port") {
  const Target target = parse_target("ws://[::1]:9001/");
  CHECK(target.host == "[::1]:9001");
  CHECK(target.address.ss_family == AF_INET6);
  CHECK(ntohs(reinterpret_cast<const sockaddr_in6&>(target.address).sin6_port) == 9001);
  CHECK(parse_target("ws://[::1]").host == "[::1]");
}

TEST_CASE("bare TCP, and a Unix socket") {
  CHECK(parse_target("tcp://127.0.0.1:7").transport == Transport::raw);
  const Target target = parse_target("unix:/run/sentix.sock");
  CHECK(std::string(reinterpret_cast<const sockaddr_un&>(target.address).sun_path) == "/run/sentix.sock");
  CHECK(target.path == "/");
}

TEST_CASE("what is wrong with a URL is told") {
  CHECK(problem_of("wss://127.0.0.1/") == "wss://127.0.0.1/: there is no TLS in this version; use ws://");
  CHECK(problem_of("http://127.0.0.1/") ==
        "http://127.0.0.1/: not one of ws://HOST[:PORT][/PATH], tcp://HOST:PORT and unix:/PATH");
  CHECK(problem_of("") == ": not one of ws://HOST[:PORT][/PATH], tcp://HOST:PORT and unix:/PATH");
  CHECK(problem_of("ws:///") == "ws:///: \"\" is not HOST[:PORT]");
  CHECK(problem_of("ws://[::1/") == "ws://[::1/: \"[::1\" is not HOST[:PORT]");
  CHECK(problem_of("tcp://127.0.0.1") == "tcp://127.0.0.1: names no port");
  CHECK(problem_of("ws://127.0.0.1/a b") == "ws://127.0.0.1/a b: a path has neither spaces nor a fragment");
  CHECK(problem_of("unix:") == "unix:: the path of a Unix socket has 1 to 107 bytes");
  CHECK(problem_of("unix:/" + std::string(200, 'x')).ends_with("has 1 to 107 bytes"));
  for (const char* const port : {"0", "65536", "99999999", ""}) {
    CHECK(problem_of("tcp://127.0.0.1:" + std::string(port)).ends_with("a port is a number from 1 to 65535"));
  }
}

TEST_CASE("a path names its room") {
  CHECK(path_of_room("/sub/{room}", 7) == "/sub/7");
  CHECK(path_of_room("/{room}/{room}?x", 12) == "/12/12?x");
  CHECK(path_of_room("/", 7) == "/");
}

}  // namespace
}  // namespace sentix::load
