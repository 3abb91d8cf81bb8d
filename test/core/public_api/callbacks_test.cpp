#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sentix/server.h"
#include "test/support/recorder.h"
#include "test/support/running_app.h"
#include "test/support/ws_client.h"

using sentix::Verdict;
using sentix::test::Recorder;
using sentix::test::RunningApp;
using sentix::test::WsClient;
using Lines = std::vector<std::string>;

namespace {

std::string line_of(const sentix::Event& event) {
  std::string line(event.name());
  line.append(" [").append(event.channel()).append("] ").append(event.data());
  return line.append(" by ").append(event.session().user());
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// What the client is answered to one authentication with this token.
std::string answer_to(WsClient& client, const std::string& token) {
  client.send_text(R"({"type":"authenticate","id":1,"credentials":{"token":")" + token + "\"}}");
  return client.receive_text();
}

constexpr std::string_view kRefused = R"("type":"error","id":1,"code":"unauthenticated")";

}  // namespace

TEST_CASE("every event comes with its fields") {
  sentix::Server server("127.0.0.1", 0);
  Recorder events;
  for (const char* name : {"connection.open", "connection.close", "message.received", "channel.subscribed",
                           "channel.unsubscribed", "auth.succeeded", "auth.failed", "event.typing"}) {
    server.on(name, [&](const sentix::Event& event) { events.add(line_of(event)); });
  }
  server.on(
      "message.received", [&](const sentix::Event&) { events.add("only on b"); }, "b");
  server.set_authenticator([](const sentix::Credentials& given) { return sentix::equal(given["token"], "good"); });
  const RunningApp app(server);
  {
    WsClient client = app.client();
    client.send_text(R"({"type":"authenticate","credentials":{"token":"bad"}})");
    client.send_text(R"({"type":"authenticate","credentials":{"token":"good","username":"ann"}})");
    client.send_text(R"({"type":"subscribe","channel":"a"})");
    client.send_text(R"({"type":"subscribe","channel":"b"})");
    client.send_text(R"({"type":"publish","channel":"a","data": [1, 2.50] })");
    client.send_text(R"({"type":"publish","channel":"b","data":"x"})");
    client.send_text(R"({"type":"event","event":"typing","data":{"on":true}})");
    client.send_text(R"({"type":"event","event":"typing","channel":"a","data":null})");
    client.send_text(R"({"type":"event","event":"unheard","data":null})");
    client.send_text(R"({"type":"unsubscribe","channel":"a"})");
    client.send_close();
    client.receive_close();
  }
  CHECK(events.await(13) == Lines{
                                "connection.open []  by ",
                                "auth.failed []  by ",
                                "auth.succeeded []  by ann",
                                "channel.subscribed [a]  by ann",
                                "channel.subscribed [b]  by ann",
                                "message.received [a] [1, 2.50] by ann",
                                "message.received [b] \"x\" by ann",
                                "only on b",
                                "event.typing [] {\"on\":true} by ann",
                                "event.typing [a] null by ann",
                                "channel.unsubscribed [a]  by ann",
                                "channel.unsubscribed [b]  by ann",
                                "connection.close []  by ann",
                            });
}

TEST_CASE("a name that no event has is refused") {
  sentix::Server server("127.0.0.1", 0);
  const auto handler = [](const sentix::Event&) {};
  CHECK_THROWS_AS(server.on("connection.opened", handler), std::invalid_argument);
  CHECK_THROWS_AS(server.on("event.", handler), std::invalid_argument);
  CHECK_THROWS_AS(server.on("message.received", handler, "no channel"), std::invalid_argument);
}

TEST_CASE("broadcasting is no message.received") {
  sentix::Server server("127.0.0.1", 0);
  std::atomic<int> heard = 0;
  server.on("message.received", [&](const sentix::Event&) { ++heard; });
  const RunningApp app(server);
  WsClient client = app.client_on("news");
  server.broadcast("1", "news");
  CHECK(client.receive_text() == R"({"type":"message","channel":"news","data":1})");
  CHECK(heard == 0);
}

TEST_CASE("a verdict keeps a publication, and a client's event, from their channel") {
  sentix::Server server("127.0.0.1", 0);
  server.on("message.received",
            [](const sentix::Event& event) { return event.data() == "\"spam\"" ? Verdict::drop : Verdict::pass; });
  server.on("event.secret", [](const sentix::Event&) { return Verdict::drop; });
  const RunningApp app(server);
  WsClient ann = app.client_on("news");
  WsClient bob = app.client_on("news");
  ann.send_text(R"({"type":"publish","channel":"news","data":"spam"})");
  ann.send_text(R"({"type":"event","event":"secret","channel":"news","data":1})");
  ann.send_text(R"({"type":"event","event":"open","channel":"news","data":2})");
  ann.send_text(R"({"type":"publish","channel":"news","data":"ham"})");
  CHECK(contains(bob.receive_text(), R"("event":"open")"));
  CHECK(bob.receive_text() == R"({"type":"message","channel":"news","data":"ham"})");
}

TEST_CASE("what a handler throws becomes an error, for the application, its log and the client") {
  sentix::Server server("127.0.0.1", 0);
  Recorder errors;
  Recorder log;
  server.set_log([&](sentix::LogLevel level, std::string_view line) {
    if (level == sentix::LogLevel::error) {
      log.add(std::string(line));
    }
  });
  server.on("message.received", [](const sentix::Event&) { throw std::runtime_error("no disk"); });
  server.on("error", [&](const sentix::Event& event) {
    errors.add(line_of(event));
    throw std::runtime_error("errors of error handlers go nowhere");
  });
  const RunningApp app(server);
  WsClient client = app.client_on("news");
  client.send_text(R"({"type":"publish","id":1,"channel":"news","data":1})");
  CHECK(contains(client.receive_text(), R"("type":"error","id":1,"code":"internal")"));
  CHECK(errors.await(1) == Lines{"error [news] A handler of message.received threw: no disk by "});
  CHECK(log.await(1) == Lines{"A handler of message.received threw: no disk"});
  // The connection goes on.
  client.send_text(R"({"type":"ping","id":2})");
  CHECK(client.receive_text() == R"({"type":"pong","id":2})");
}

TEST_CASE("a session says who it is, and is sent to and closed from inside a handler") {
  sentix::Server server("127.0.0.1", 0);
  Recorder seen;
  server.on("connection.open", [&](const sentix::Event& event) {
    const sentix::Session session = event.session();
    seen.add(session.id());
    seen.add(session.remote_address());
    CHECK_THROWS_AS(session.send("no JSON"), std::invalid_argument);
    CHECK_THROWS_AS(session.close(999), std::invalid_argument);
    session.send(R"({"type":"hello"})");
  });
  server.on("event.bye", [](const sentix::Event& event) { event.session().close(4000, "bye"); });
  server.on("connection.close", [&](const sentix::Event& event) {
    event.session().send("{}");
    event.session().close();
    seen.add("closed " + event.session().id());
  });
  const RunningApp app(server);
  WsClient client(server.port());
  const std::string welcome = client.receive_text();
  CHECK(client.receive_text() == R"({"type":"hello"})");
  const Lines lines = seen.await(2);
  CHECK(contains(welcome, R"("connection":")" + lines[0] + "\""));
  CHECK(contains(lines[1], "127.0.0.1:"));
  client.send_text(R"({"type":"event","event":"bye","data":null})");
  CHECK(client.receive() == WsClient::Received{WsClient::Received::Kind::close, "bye", 4000});
  client.send_close(4000);
  CHECK(seen.await(3)[2] == "closed " + lines[0]);
}

TEST_CASE("an authenticator answers with bool, a principal, or nothing") {
  sentix::Server server("127.0.0.1", 0);
  SUBCASE("true is the user that the credentials name") {
    server.set_authenticator([](const sentix::Credentials& given) { return given["token"] == "good"; });
    const RunningApp app(server);
    WsClient client = app.client();
    CHECK(contains(answer_to(client, "bad"), kRefused));
    CHECK(answer_to(client, "good") == R"({"type":"authenticated","id":1,"user":{"user":"user"}})");
  }
  SUBCASE("a principal") {
    server.set_authenticator([](const sentix::Credentials&) { return sentix::Principal{.user = "ann"}; });
    const RunningApp app(server);
    WsClient client = app.client();
    CHECK(answer_to(client, "any") == R"({"type":"authenticated","id":1,"user":{"user":"ann"}})");
  }
  SUBCASE("nothing") {
    server.set_authenticator([](const sentix::Credentials&) { return std::nullopt; });
    const RunningApp app(server);
    WsClient client = app.client();
    CHECK(contains(answer_to(client, "any"), kRefused));
  }
  SUBCASE("a principal or nothing, for a token that came with the handshake") {
    server.set_authenticator([](const sentix::Credentials& given) -> std::optional<sentix::Principal> {
      if (given.json() != R"({"token":"good"})") {
        return std::nullopt;
      }
      return sentix::Principal{.user = "ann", .info = R"({"age":41})"};
    });
    const RunningApp app(server);
    WsClient good(server.port(), {.path = "/ws?token=good"});
    CHECK(contains(good.receive_text(), R"("user":{"user":"ann","info":{"age":41}})"));
    WsClient bad(server.port(), {.headers = "Authorization: Bearer bad\r\n"});
    CHECK(bad.receive_close().close_code == 4001);
  }
}

TEST_CASE("an authenticator that fails lets nobody in") {
  sentix::Server server("127.0.0.1", 0);
  Recorder errors;
  server.set_log({}).on("error", [&](const sentix::Event& event) { errors.add(std::string(event.data())); });
  server.set_authenticator([](const sentix::Credentials& given) -> sentix::Principal {
    if (given["token"] == "nameless") {
      return {};
    }
    if (given["token"] == "bad info") {
      return {.user = "ann", .info = "{"};
    }
    if (given["token"] == "bad name") {
      return {.user = "\xFF"};
    }
    throw std::runtime_error("no database");
  });
  const RunningApp app(server);
  for (const char* token : {"nameless", "bad info", "bad name", "any"}) {
    WsClient client = app.client();
    CHECK(contains(answer_to(client, token), kRefused));
  }
  const Lines lines = errors.await(4);
  CHECK(contains(lines[0], "a principal has a user name"));
  CHECK(contains(lines[1], "JSON"));
  CHECK(contains(lines[2], "UTF-8"));
  CHECK(lines[3] == "The authenticator threw: no database");
}

TEST_CASE("what an authenticator throws at the credential of a page request is reported too") {
  sentix::Server server("127.0.0.1", 0);
  Recorder errors;
  server.set_log({}).on("error", [&](const sentix::Event& event) {
    CHECK_FALSE(event.session());
    errors.add(std::string(event.data()));
  });
  server.set_authenticator([](const sentix::Credentials&) -> bool { throw std::runtime_error("no database"); });
  const RunningApp app(server);
  sentix::test::ClientSocket browser(server.port());
  browser.send("GET /?token=throw HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(browser.receive_all().starts_with("HTTP/1.1 401 "));
  CHECK(errors.await(1) == Lines{"The authenticator threw: no database"});
}

TEST_CASE("permissions open the private channels that they list") {
  sentix::Server server("127.0.0.1", 0);
  server.create_channel("team-*", {.is_private = true});
  server.set_authenticator([](const sentix::Credentials&) {
    return sentix::Principal{.user = "ann",
                             .permissions = {{{.channel = "team-a"}, {.channel = "team-r*", .publish = false}}}};
  });
  const RunningApp app(server);
  WsClient client = app.client();
  answer_to(client, "any");
  const auto subscribe = [&client](const std::string& channel) {
    client.send_text(R"({"type":"subscribe","id":2,"channel":")" + channel + "\"}");
    return client.receive_text();
  };
  CHECK(contains(subscribe("team-a"), "subscribed"));
  CHECK(contains(subscribe("team-red"), "subscribed"));
  CHECK(contains(subscribe("team-b"), "forbidden"));
  CHECK(contains(subscribe("open"), "subscribed"));
  client.send_text(R"({"type":"publish","id":3,"channel":"team-red","data":1})");
  CHECK(contains(client.receive_text(), "forbidden"));
}

TEST_CASE("an asynchronous authenticator answers from another thread, and the client waits") {
  sentix::Server server("127.0.0.1", 0);
  std::mutex mutex;
  std::vector<std::thread> threads;
  server.set_async_authenticator([&](const sentix::Credentials& given, sentix::AuthenticationDone done) {
    const std::lock_guard lock(mutex);
    threads.emplace_back([given, done = std::move(done)] {
      if (given["token"] == "yes") {
        done(true);
        done(false);  // counts no more
      } else if (given["token"] == "ann") {
        CHECK_THROWS_AS(done(sentix::Principal{}), std::invalid_argument);
        done(sentix::Principal{.user = "ann"});
      } else if (given["token"] == "no") {
        done(std::nullopt);
      }  // else it forgets to answer
    });
  });
  {
    const RunningApp app(server);
    WsClient refused = app.client();
    CHECK(contains(answer_to(refused, "no"), kRefused));
    CHECK(contains(answer_to(refused, "forgotten"), kRefused));
    CHECK(contains(answer_to(refused, "yes"), R"("user":{"user":"user"})"));

    WsClient client = app.client();
    client.send_text(R"({"type":"authenticate","id":1,"credentials":{"token":"ann"}})");
    client.send_text(R"({"type":"ping","id":2})");
    CHECK(contains(client.receive_text(), R"("user":{"user":"ann"})"));
    CHECK(client.receive_text() == R"({"type":"pong","id":2})");
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST_CASE("an answer may come when its server is gone") {
  std::optional<sentix::AuthenticationDone> late;
  {
    sentix::Server server("127.0.0.1", 0);
    Recorder asked;
    server.set_async_authenticator([&](const sentix::Credentials&, sentix::AuthenticationDone done) {
      late.emplace(std::move(done));
      asked.add("asked");
    });
    const RunningApp app(server);
    WsClient client = app.client();
    client.send_text(R"({"type":"authenticate","id":1,"credentials":{}})");
    asked.await(1);
  }
  (*late)(true);
}

TEST_CASE("the authorizer has the last word") {
  sentix::Server server("127.0.0.1", 0);
  server.set_log({}).create_channel("private", {.is_private = true});
  server.set_authorizer(
      [](const sentix::Session& session, sentix::Action action, std::string_view channel, bool allowed) {
        if (channel == "broken") {
          throw std::runtime_error("no rules");
        }
        if (channel == "private") {
          return !session.id().empty() && !allowed;  // opened
        }
        return allowed && action != sentix::Action::publish;
      });
  const RunningApp app(server);
  WsClient client = app.client_on("private");
  client.send_text(R"({"type":"subscribe","id":1,"channel":"news"})");
  CHECK(contains(client.receive_text(), "subscribed"));
  client.send_text(R"({"type":"publish","id":2,"channel":"news","data":1})");
  CHECK(contains(client.receive_text(), "forbidden"));
  client.send_text(R"({"type":"subscribe","id":3,"channel":"broken"})");
  CHECK(contains(client.receive_text(), R"("code":"internal")"));
}

TEST_CASE("what is empty cannot be called, and is refused") {
  sentix::Server server("127.0.0.1", 0);
  CHECK_THROWS_AS(server.set_async_authenticator({}), std::invalid_argument);
  CHECK_THROWS_AS(server.set_authorizer({}), std::invalid_argument);
}
