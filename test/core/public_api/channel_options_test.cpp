#include "sentix/channel_options.h"

#include <doctest/doctest.h>

#include <string>

#include "sentix/server.h"
#include "test/support/running_app.h"
#include "test/support/ws_client.h"

using namespace std::chrono_literals;
using sentix::PublishRight;
using sentix::test::RunningApp;
using sentix::test::WsClient;

namespace {

std::string answer_to(WsClient& client, const std::string& command) {
  client.send_text(command);
  return client.receive_text();
}

std::string error_code(const std::string& reply) {
  const std::string before = R"("code":")";
  const std::size_t found = reply.find(before);
  if (found == std::string::npos) {
    return reply;
  }
  const std::size_t begin = found + before.size();
  return reply.substr(begin, reply.find('"', begin) - begin);
}

std::string subscribe_to(WsClient& client, const std::string& channel) {
  return error_code(answer_to(client, R"({"type":"subscribe","id":1,"channel":")" + channel + "\"}"));
}

std::string publish_to(WsClient& client, const std::string& channel) {
  return error_code(answer_to(client, R"({"type":"publish","id":1,"channel":")" + channel + R"(","data":1})"));
}

}  // namespace

TEST_CASE("every option of a channel is heeded") {
  sentix::Server server("127.0.0.1", 0);
  server.create_channel("small", {.max_clients = 1});
  server.create_channel("secret", {.is_private = true});
  server.create_channel("known", {.auth = true});
  server.create_channel("seen", {.presence = true});
  server.create_channel("bulletin", {.publish = PublishRight::server});
  server.create_channel("box", {.publish = PublishRight::anyone});
  server.create_channel("fixed-*", {.auto_create = false});
  server.create_channel("fixed-1", {.auto_create = false});
  const RunningApp app(server);
  const WsClient first = app.client_on("small");
  WsClient client = app.client();

  CHECK(subscribe_to(client, "small") == "channel_full");
  CHECK(subscribe_to(client, "secret") == "forbidden");
  CHECK(subscribe_to(client, "known") == "unauthenticated");
  CHECK(subscribe_to(client, "seen").find(R"("members":[{)") != std::string::npos);
  CHECK(publish_to(client, "bulletin") == "forbidden");
  CHECK(publish_to(client, "box") == R"({"type":"published","id":1,"channel":"box"})");
  CHECK(publish_to(client, "other") == "not_subscribed");
  CHECK(subscribe_to(client, "fixed-2") == "not_found");
  CHECK(subscribe_to(client, "fixed-1") == R"({"type":"subscribed","id":1,"channel":"fixed-1"})");
}

TEST_CASE("history has a size and an age") {
  sentix::Server server("127.0.0.1", 0);
  server.create_channel("one", {.persistent = true, .history_size = 1, .history_ttl = 1h});
  server.create_channel("brief", {.persistent = true, .history_ttl = 0ms});
  for (const char* data : {"1", "2"}) {
    server.broadcast(data, "one");
    server.broadcast(data, "brief");
  }
  const RunningApp app(server);
  WsClient client = app.client();
  const auto messages = [&client](const std::string& channel) {
    const std::string reply = answer_to(client, R"({"type":"history","id":1,"channel":")" + channel + "\"}");
    return reply.substr(reply.find(R"("messages")"));
  };
  CHECK(messages("one") == R"("messages":[{"offset":2,"data":2}]})");
  CHECK(messages("brief") == R"("messages":[]})");
}

TEST_CASE("a persistent channel keeps 100 publications by default") {
  sentix::Server server("127.0.0.1", 0);
  server.create_channel("kept", {.persistent = true});
  for (int i = 1; i <= 101; ++i) {
    server.broadcast(std::to_string(i), "kept");
  }
  const RunningApp app(server);
  WsClient client = app.client();
  const std::string reply = answer_to(client, R"({"type":"history","id":1,"channel":"kept"})");
  CHECK(reply.find(R"("messages":[{"offset":2,"data":2},)") != std::string::npos);
  CHECK(reply.ends_with(R"({"offset":101,"data":101}]})"));
}
