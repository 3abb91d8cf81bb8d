#include "core/tls/tls_session.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <optional>
#include <vector>

#include "core/file_descriptor.h"
#include "test/support/test_certificate.h"
#include "test/support/tls_peer.h"

using namespace sentix;
using core::FileDescriptor;
using core::TlsSession;
using core::Transfer;
using Status = Transfer::Status;

namespace {

constexpr std::size_t kRecordOverhead = 5 + 1 + 16;  // of TLS 1.3: header, type, tag
constexpr unsigned char kHandshakeRecord = 22;
constexpr unsigned char kDataRecord = 23;

std::array<FileDescriptor, 2> connected_sockets() {
  std::array<int, 2> fds;
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()) == 0);
  return {FileDescriptor(fds[0]), FileDescriptor(fds[1])};
}

// Both ends of one connection.
struct Ends {
  test::TemporaryFolder folder;
  std::vector<std::byte> record = std::vector<std::byte>(core::kTlsRecordBytes);
  std::vector<std::byte> buffer = std::vector<std::byte>(65536);
  std::array<FileDescriptor, 2> fds = connected_sockets();
  TlsSession server{
      std::make_shared<core::TlsContext>(core::TlsOptions{.certificates = {test::make_certificate(folder, "a")}},
                                         std::make_shared<core::TicketKeys>()),
      fds[0].get(), record};
  test::TlsPeer client{fds[1].get()};

  void shake_hands() {
    for (int i = 0; i < 10 && !server.established(); ++i) {
      SSL_do_handshake(client.ssl());
      CHECK(server.receive(buffer).status == Status::would_block);
    }
    REQUIRE(server.established());
    CHECK(client.read().empty());  // only the ticket
  }

  // What the server receives at once.
  std::pair<Status, std::string> receive(std::size_t room = 65536) {
    const Transfer transfer = server.receive(std::span(buffer).first(room));
    return {transfer.status, {reinterpret_cast<const char*>(buffer.data()), transfer.bytes}};
  }

  Transfer send(const std::vector<std::string>& pieces) {
    std::vector<iovec> vectors;
    for (const std::string& piece : pieces) {
      vectors.push_back({const_cast<char*>(piece.data()), piece.size()});
    }
    return server.send(vectors);
  }
};

}  // namespace

TEST_CASE("small pieces go out in one record, large ones in full records") {
  Ends ends;
  ends.shake_hands();
  std::vector<std::string> pieces(60, "twelve bytes");
  pieces.insert(pieces.begin() + 7, "");
  CHECK(ends.send(pieces).bytes == 720);
  CHECK(ends.client.waiting() == 720 + kRecordOverhead);
  CHECK(ends.client.read().size() == 720);
  CHECK(ends.send({"x", std::string(40'000, 'y'), "z"}).bytes == 40'002);
  CHECK(ends.client.waiting() == 40'002 + 3 * kRecordOverhead);
  CHECK(ends.client.read() == "x" + std::string(40'000, 'y') + "z");
  CHECK(ends.send({}).bytes == 0);
}

TEST_CASE("what the socket did not take is sealed, and goes out as it was") {
  Ends ends;
  ends.shake_hands();
  const int small = 4096;
  setsockopt(ends.fds[0].get(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  const std::string piece(10'000, 'p');
  std::size_t sent = 0;
  while (ends.send({piece}).bytes > 0) {
    sent += piece.size();
  }
  CHECK(ends.server.sealed_bytes() == 10'000);
  CHECK(ends.send({piece, "more"}).status == Status::would_block);
  std::size_t received = ends.client.read().size();
  for (int i = 0; i < 100 && ends.server.sealed_bytes() > 0; ++i) {
    const Transfer transfer = ends.send({piece, "more"});
    CHECK((transfer.bytes == 0 || transfer.bytes == 10'004));
    received += ends.client.read().size();
  }
  CHECK(received == sent + 10'004);
}

TEST_CASE("what does not fit is held, and the socket does not tell of it") {
  Ends ends;
  ends.shake_hands();
  CHECK(ends.client.write(std::string(1000, 'x')));
  CHECK(ends.client.write("end"));
  CHECK(ends.receive(600).second.size() == 600);
  CHECK(ends.server.holds_input());
  CHECK(ends.receive().second == std::string(400, 'x') + "end");
  CHECK_FALSE(ends.server.holds_input());
  CHECK(ends.receive().first == Status::would_block);
}

TEST_CASE("half a record is not held: the socket tells of the rest") {
  Ends ends;
  ends.shake_hands();
  ends.client.send_raw("\x17\x03\x03");
  CHECK(ends.receive().first == Status::would_block);
  CHECK_FALSE(ends.server.holds_input());
}

TEST_CASE("an end behind the last bytes is told with the next call, which the socket does not ask for") {
  Ends ends;
  ends.shake_hands();
  CHECK(ends.client.write("last"));
  SSL_shutdown(ends.client.ssl());
  CHECK(ends.receive().second == "last");
  CHECK(ends.server.holds_input());
  CHECK(ends.receive().first == Status::ended);
  CHECK(ends.receive().first == Status::ended);
  CHECK(ends.send({"still"}).bytes == 5);
  CHECK(ends.server.end());
}

TEST_CASE("a FIN without close_notify is an end as well") {
  Ends ends;
  ends.shake_hands();
  ::shutdown(ends.fds[1].get(), SHUT_WR);
  CHECK(ends.receive().first == Status::ended);
}

// Without this, a client could keep a worker busy with a socket that is writable and a session that cannot write.
TEST_CASE("a key update that comes in pieces stops sending until it is whole, and sending says so") {
  Ends ends;
  ends.shake_hands();
  const std::string update("\x18\0\0\x01\0", 5);                   // that asks for none in return
  ends.client.send_record(kHandshakeRecord, update.substr(0, 4));  // the whole header of the message
  CHECK(ends.receive().first == Status::would_block);
  CHECK(ends.send({"hello"}).status == Status::would_block);
  CHECK(ends.server.sending_waits_to_receive());
  CHECK(ends.client.read().empty());
  ends.client.send_record(kHandshakeRecord, update.substr(4));
  CHECK(ends.send({"hello"}).bytes == 5);
  CHECK_FALSE(ends.server.sending_waits_to_receive());
  CHECK(ends.server.holds_input());  // more may have come with it
  CHECK(ends.client.read() == "hello");
}

TEST_CASE("what is no TLS is refused with a reason") {
  struct Row {
    std::string sent;
    bool http;
    std::string why;
  };
  for (const Row& row : {Row{"GET / HTTP/1.1\r\n\r\n", true, "http request"},
                         Row{"CONNECT a:1 HTTP/1.1\r\n\r\n", true, "https proxy request"},
                         Row{"SSH-2.0-x\r\n", false, "wrong version number"}}) {
    Ends ends;
    ends.client.send_raw(row.sent);
    CHECK(ends.receive().first == Status::refused);
    CHECK(ends.server.met_plain_http() == row.http);
    CHECK(ends.server.failure() == row.why);
    CHECK(ends.server.end());
    CHECK(ends.receive().first == Status::refused);
  }
}

TEST_CASE("a record that was tampered with breaks it, also for sending") {
  Ends ends;
  ends.shake_hands();
  ends.client.send_record(kDataRecord, "good");
  CHECK(ends.receive().second == "good");
  ends.client.send_raw(std::string("\x17\x03\x03\0\x20", 5) + std::string(32, 'x'));
  CHECK(ends.receive().first == Status::refused);
  CHECK(ends.server.failure() == "decryption failed or bad record mac");
  CHECK(ends.send({"x"}).status == Status::lost);
}
