// What a message costs a running server in allocations, once everything is warm.
#include "test/support/allocations.h"

#ifndef SENTIX_OPERATOR_NEW_IS_TAKEN
#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "test/support/running_server.h"
#include "test/support/ws_client.h"

namespace sentix::core {
namespace {

using test::RunningServer;
using test::WsClient;

// What all threads but this one allocate while `act` runs.
template <class Act>
std::size_t allocations_of_server(Act&& act) {
  test::counts_allocations = false;
  const std::size_t before = test::allocations;
  act();
  const std::size_t after = test::allocations;
  test::counts_allocations = true;
  return after - before;
}

// The fewest of several tries, until they are `expected`: a long message may come in two pieces, and what the server
// does once a second may fall among them, both of which cost.
template <class Work>
std::size_t fewest_allocations_of_server(const Work& work, std::size_t expected) {
  std::size_t fewest = allocations_of_server(work);
  for (int i = 0; i < 20 && fewest > expected; ++i) {
    fewest = std::min(fewest, allocations_of_server(work));
  }
  return fewest;
}

TEST_CASE("a message that arrives whole comes back without an allocation") {
  Options options;
  options.service = Service::echo;
  const RunningServer server(options);
  WsClient client(server.port());
  const auto echo = [&client] {
    for (const std::size_t size : {0, 1, 20, 125, 126, 1000, 30'000}) {
      for (const auto opcode : {protocol::Opcode::text, protocol::Opcode::binary, protocol::Opcode::text}) {
        client.send_frame(opcode, std::string(size, 'x'));
        REQUIRE(client.receive().payload.size() == size);
      }
    }
  };
  echo();
  CHECK(fewest_allocations_of_server(echo, 0) == 0);
}

// Allocations for ten publications that `subscribers` get.
std::size_t allocations_of_fan_out(std::size_t subscribers) {
  const RunningServer server{Options()};
  std::vector<std::unique_ptr<WsClient>> clients;
  for (std::size_t i = 0; i < subscribers; ++i) {
    WsClient& client = *clients.emplace_back(std::make_unique<WsClient>(server.port()));
    client.receive();  // welcome
    client.send_text(R"({"type":"subscribe","id":1,"channel":"general"})");
    client.receive();
  }
  const auto publish = [&clients] {
    for (int i = 0; i < 10; ++i) {
      clients.front()->send_text(R"({"type":"publish","channel":"general","data":"hello"})");
      for (const auto& client : clients) {
        REQUIRE(client->receive().payload == R"({"type":"message","channel":"general","data":"hello"})");
      }
    }
  };
  publish();
  publish();
  return fewest_allocations_of_server(publish, 10);
}

TEST_CASE("a publication is one allocation, however many get it") {
  CHECK(allocations_of_fan_out(1) == 10);
  CHECK(allocations_of_fan_out(50) == 10);
}

TEST_CASE("connections that come and go leave nothing behind") {
  const RunningServer server{Options()};
  const auto come_and_go = [&server](int times) {
    for (int i = 0; i < times; ++i) {
      WsClient client(server.port());
      client.receive();  // welcome
    }
    return ::mallinfo2().uordblks;
  };
  const std::size_t before = come_and_go(500);
  CHECK(come_and_go(4000) < before + 16'000);  // not even four bytes of each
}

}  // namespace
}  // namespace sentix::core

#endif
