#include "core/worker.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/listening_socket.h"
#include "core/mailbox.h"
#include "test/support/ws_client.h"

using namespace sentix;
using core::Worker;

TEST_CASE("a descriptor that cannot be watched is closed, and the worker goes on") {
  core::Shared shared({});
  Worker worker(shared, 0, {});
  core::FileDescriptor unpollable(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const int number = unpollable.get();
  bool closed = false;
  shared.mailboxes[0]->post_task([&](Worker& here) {
    here.adopt(std::move(unpollable), {});
    closed = ::fcntl(number, F_GETFD) == -1;
    here.stop(true);
  });
  worker.run();
  CHECK(closed);
}

TEST_CASE("a worker compresses a publication once for all its subscribers of one window") {
  core::Shared shared({});
  core::ListeningSockets sockets = core::listen_on({.host = "127.0.0.1", .port = 0});
  Worker worker(shared, 0, std::move(sockets.of_worker[0]));
  std::thread thread([&worker] { worker.run(); });
  std::vector<std::unique_ptr<test::WsClient>> clients;
  const auto connect = [&](const std::string& offer) {
    const test::WsClient::Request request{.headers = "Sec-WebSocket-Extensions: " + offer + "\r\n"};
    clients.push_back(std::make_unique<test::WsClient>(sockets.port, request));
    clients.back()->send_text(R"({"type":"subscribe","id":1,"channel":"general"})");
    clients.back()->receive_text_with("subscribed");
  };
  for (int i = 0; i < 20; ++i) {
    connect("permessage-deflate");
  }
  for (int i = 0; i < 5; ++i) {
    connect("permessage-deflate; server_max_window_bits=10");
  }
  const std::string data = '"' + std::string(10'000, 'x') + '"';
  clients.front()->send_text(R"({"type":"publish","channel":"general","data":)" + data + "}");
  for (const auto& client : clients) {
    CHECK(client->receive_text() == R"({"type":"message","channel":"general","data":)" + data + "}");
  }
  shared.mailboxes[0]->post_task([](Worker& here) { here.stop(true); });
  thread.join();
  CHECK(worker.compression().frames.compressions() == 2);  // of two windows
}
