// What a connection does about the two ways in which TLS may want the other event of its socket.
#include <doctest/doctest.h>
#include <fcntl.h>

#include <chrono>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "protocol/client_frame.h"
#include "test/support/client_socket.h"
#include "test/support/running_server.h"
#include "test/support/test_certificate.h"
#include "test/support/tls_peer.h"
#include "test/support/ws_client.h"

using namespace sentix;
using namespace std::chrono_literals;
using test::ClientSocket;
using test::RunningServer;
using test::TlsPeer;
using test::WsClient;

namespace {

constexpr unsigned char kHandshakeRecord = 22;
constexpr unsigned char kDataRecord = 23;

// Reads until `part` has come.
std::string read_until(TlsPeer& peer, std::string_view part) {
  std::string text;
  for (int i = 0; i < 20'000 && text.find(part) == std::string::npos; ++i) {
    text += peer.read();
    std::this_thread::sleep_for(1ms);
  }
  CHECK(text.find(part) != std::string::npos);
  return text;
}

std::string text_frame(std::string_view text) {
  std::vector<std::byte> frame;
  protocol::append_client_frame(frame, protocol::Opcode::text, true, {}, std::as_bytes(std::span(text)));
  return {reinterpret_cast<const char*>(frame.data()), frame.size()};
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("who sends half a key update gets nothing until the rest comes, and keeps nobody busy meanwhile") {
  const test::TemporaryFolder folder;
  core::Options options;
  options.tls.certificates = {test::make_certificate(folder, "a")};
  RunningServer server(std::move(options));
  ClientSocket socket(server.port());
  ::fcntl(socket.descriptor(), F_SETFL, O_NONBLOCK);
  TlsPeer peer(socket.descriptor());
  for (int i = 0; i < 20'000 && SSL_do_handshake(peer.ssl()) != 1; ++i) {
    std::this_thread::sleep_for(1ms);
  }
  peer.send_record(kDataRecord, WsClient::request_head({}));
  read_until(peer, "welcome");
  peer.send_record(kDataRecord, text_frame(R"({"type":"subscribe","id":1,"channel":"room"})"));
  read_until(peer, "subscribed");

  const std::string update("\x18\0\0\x01\0", 5);
  peer.send_record(kHandshakeRecord, update.substr(0, 4));
  std::this_thread::sleep_for(100ms);  // until the server has it
  server->broadcast("\"late\"", "room");
  const double before = cpu_seconds();
  std::this_thread::sleep_for(500ms);
  CHECK(cpu_seconds() - before < 0.2);
  CHECK(peer.read().empty());
  peer.send_record(kHandshakeRecord, update.substr(4));
  read_until(peer, "late");
}
