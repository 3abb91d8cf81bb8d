#ifdef SENTIX_SQLITE
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <system_error>

#include "sentix/server.h"
#include "test/support/json_field.h"
#include "test/support/running_app.h"
#include "test/support/temporary_folder.h"
#include "test/support/ws_client.h"

using sentix::Durability;
using sentix::test::json_field;
using sentix::test::RunningApp;
using sentix::test::TemporaryFolder;
using sentix::test::WsClient;

namespace {

constexpr const char* kHistory = R"({"type":"history","id":1,"channel":"log"})";

std::string answer_to(WsClient& client, const std::string& command) {
  client.send_text(command);
  return client.receive_text();
}

void set_up(sentix::Server& server, const std::string& data_dir, Durability durability) {
  server.set_log({}).set_data_dir(data_dir);
  server.create_channel("log", {.persistent = true, .durability = durability});
}

}  // namespace

TEST_CASE("what is published is there in the next server on the same folder, broadcasts before its start included") {
  for (const Durability durability : {Durability::memory, Durability::written, Durability::synced}) {
    const TemporaryFolder folder;
    std::string before;
    {
      sentix::Server server("127.0.0.1", 0);
      set_up(server, folder.path("data"), durability);
      server.broadcast("1", "log");
      const RunningApp app(server);
      WsClient client = app.client_on("log");
      server.broadcast("2", "log");
      client.receive_text_with(R"("data":2)");
      before = answer_to(client, kHistory);
    }
    sentix::Server server("127.0.0.1", 0);
    set_up(server, folder.path("data"), durability);
    server.broadcast("3", "log");
    const RunningApp app(server);
    WsClient client = app.client_on("log");
    server.broadcast("4", "log");
    client.receive_text_with(R"("data":4)");
    const std::string after = answer_to(client, kHistory);
    CHECK(json_field(before, "epoch") == json_field(after, "epoch"));
    CHECK(json_field(before, "offset") == "2");
    CHECK(json_field(after, "messages") ==
          R"([{"offset":1,"data":1},{"offset":2,"data":2},{"offset":3,"data":3},{"offset":4,"data":4}])");
  }
}

TEST_CASE("a durable channel needs a data directory and a history") {
  const TemporaryFolder folder;
  sentix::Server without("127.0.0.1", 0);
  without.create_channel("log", {.persistent = true, .durability = Durability::written});
  CHECK_THROWS_AS(without.start(), std::invalid_argument);
  sentix::Server passing("127.0.0.1", 0);
  passing.set_data_dir(folder.path("data"));
  passing.create_channel("log", {.durability = Durability::synced});
  CHECK_THROWS_AS(passing.start(), std::invalid_argument);
}

TEST_CASE("a channel that goes on without Redis keeps no history") {
  sentix::Server server("127.0.0.1", 0);
  server.create_channel("live", {.without_redis = sentix::WithoutRedis::local});
  server.create_channel("log", {.persistent = true, .without_redis = sentix::WithoutRedis::local});
  try {
    server.start();
    FAIL("it has started");
  } catch (const std::invalid_argument& refused) {
    CHECK(std::string(refused.what()).find("without_redis = local") != std::string::npos);
  }
}

TEST_CASE("a data directory that cannot be used stops the start") {
  const TemporaryFolder folder;
  folder.write("file", "");
  sentix::Server server("127.0.0.1", 0);
  server.set_data_dir(folder.path("file"));
  try {
    server.start();
    FAIL("it started");
  } catch (const std::system_error& error) {
    CHECK(std::string(error.what()).find("cannot use data_dir " + folder.path("file")) == 0);
  }
}
#endif
