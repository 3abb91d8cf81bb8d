#include "core/proxy_header_reader.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_descriptor.h"
#include "protocol/proxy_header.h"

using namespace sentix;
using core::ProxyHeaderReader;
using State = ProxyHeaderReader::State;

namespace {

constexpr std::string_view kLine = "PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n";

struct Pair {
  core::FileDescriptor proxy;
  core::FileDescriptor server;
  ProxyHeaderReader reader = {};
  std::vector<std::byte> scratch = std::vector<std::byte>(protocol::kProxyHeaderBytesMax);

  Pair() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
    proxy = core::FileDescriptor(ends[0]);
    server = core::FileDescriptor(ends[1]);
  }

  State send(std::string_view text) {
    REQUIRE(::send(proxy.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    return receive();
  }
  State receive() { return reader.receive(server.get(), scratch); }

  [[nodiscard]] std::string left() const {
    std::array<char, 64> buffer{};
    const ssize_t size = ::recv(server.get(), buffer.data(), buffer.size(), 0);
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
  }
};

}  // namespace

TEST_CASE("a header is taken, wherever it is cut, and not a byte of what follows it") {
  for (std::size_t cut = 0; cut < kLine.size(); ++cut) {
    CAPTURE(cut);
    Pair pair;
    if (cut > 0) {
      CHECK(pair.send(kLine.substr(0, cut)) == State::need_more);
      CHECK(pair.left().empty());  // so that the socket is quiet until there is more
    }
    CHECK(pair.send(std::string(kLine.substr(cut)) + "GET /") == State::complete);
    REQUIRE(pair.reader.source());
    CHECK(to_text(pair.reader.source()->ip) == "192.0.2.1");
    CHECK(pair.left() == "GET /");
  }
}

TEST_CASE("a proxy that speaks for itself is told by no source") {
  Pair pair;
  CHECK(pair.send("PROXY UNKNOWN\r\n") == State::complete);
  CHECK_FALSE(pair.reader.source());
}

TEST_CASE("what is no header is refused at once, and one that does not end at its limit") {
  CHECK(Pair().send("GET / HTTP/1.1\r\n") == State::refused);
  CHECK(Pair().send("PROXY TCP4 nonsense\r\n") == State::refused);
  Pair pair;
  State state = State::need_more;
  std::size_t sent = 0;
  for (; state == State::need_more && sent < 2 * protocol::kProxyHeaderBytesMax; ++sent) {
    state = pair.send(sent < 6 ? kLine.substr(sent, 1) : "x");
  }
  CHECK(state == State::refused);
  CHECK(sent == 107);  // of version 1
}

TEST_CASE("nothing there is nothing lost, and an end is one") {
  Pair pair;
  CHECK(pair.receive() == State::need_more);
  CHECK(pair.send("PRO") == State::need_more);
  pair.proxy.reset();
  CHECK(pair.receive() == State::lost);
}
