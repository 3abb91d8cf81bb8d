#include "channels/events.h"

#include <doctest/doctest.h>

#include <stdexcept>

namespace sentix::channels {
namespace {

using Outcome = Handlers::Outcome;

Handler note(std::string& log, char mark, Verdict verdict = Verdict::pass) {
  return [&log, mark, verdict](const Event&) {
    log += mark;
    return verdict;
  };
}

TEST_CASE("every name of an event has its handlers and no other's") {
  struct Name {
    const char* text;
    EventType type;
  };
  const Name names[] = {
      {"connection.open", EventType::connection_open},
      {"connection.close", EventType::connection_close},
      {"message.received", EventType::message_received},
      {"channel.subscribed", EventType::channel_subscribed},
      {"channel.unsubscribed", EventType::channel_unsubscribed},
      {"auth.succeeded", EventType::auth_succeeded},
      {"auth.failed", EventType::auth_failed},
      {"error", EventType::error},
  };
  for (const Name& name : names) {
    CAPTURE(name.text);
    Handlers handlers;
    std::string log;
    handlers.on(name.text, note(log, 'x'));
    for (const Name& other : names) {
      handlers.fire({.type = other.type});
      CHECK(handlers.any({.type = other.type}) == (other.type == name.type));
    }
    CHECK(log == "x");
  }
}

TEST_CASE("unknown names are refused") {
  Handlers handlers;
  for (const char* name : {"", "connection", "connection.opened", "Connection.open", "event", "event.", "event.a b",
                           "event.\"", "message"}) {
    CAPTURE(name);
    std::string log;
    CHECK_THROWS_AS(handlers.on(name, note(log, 'x')), std::invalid_argument);
  }
}

TEST_CASE("global handlers come first, then the channel's, each in the order of registration") {
  Handlers handlers;
  std::string log;
  handlers.on("message.received", note(log, 'a'), "news");
  handlers.on("message.received", note(log, '1'));
  handlers.on("message.received", note(log, 'b'), "news");
  handlers.on("message.received", note(log, 'o'), "other");
  handlers.on("message.received", note(log, '2'));
  handlers.fire({.type = EventType::message_received, .channel = "news"});
  CHECK(log == "12ab");
  log.clear();
  handlers.fire({.type = EventType::message_received, .channel = "third"});
  CHECK(log == "12");
}

TEST_CASE("a client's event reaches the handlers of its name") {
  Handlers handlers;
  std::string log;
  handlers.on("event.typing", note(log, 't'));
  handlers.on("event.typing", note(log, 'n'), "news");
  handlers.on("event.error", note(log, 'e'));
  handlers.fire({.type = EventType::client_event, .name = "typing"});
  CHECK(log == "t");
  handlers.fire({.type = EventType::client_event, .channel = "news", .name = "typing"});
  CHECK(log == "ttn");
  handlers.fire({.type = EventType::client_event, .name = "unheard"});
  handlers.fire({.type = EventType::error});
  CHECK(log == "ttn");
  CHECK(handlers.any({.type = EventType::client_event, .name = "typing"}));
  CHECK_FALSE(handlers.any({.type = EventType::client_event, .name = "unheard"}));
}

TEST_CASE("one drop drops, and all handlers still run") {
  Handlers handlers;
  std::string log;
  handlers.on("message.received", note(log, '1', Verdict::drop));
  handlers.on("message.received", note(log, '2'));
  CHECK(handlers.fire({.type = EventType::message_received}) == Outcome::drop);
  CHECK(log == "12");
  CHECK(handlers.fire({.type = EventType::connection_open}) == Outcome::pass);
}

TEST_CASE("a handler that throws is reported, and the others still run") {
  Handlers handlers;
  std::string log;
  std::string told;
  handlers.on("message.received", [](const Event&) -> Verdict { throw std::runtime_error("no luck"); });
  handlers.on("message.received", note(log, '2', Verdict::drop));
  handlers.on("event.odd", [](const Event&) -> Verdict { throw 7; });
  handlers.on("error", [&told](const Event& event) {
    told = std::string(event.channel) + "|" + std::string(event.data);
    return Verdict::pass;
  });
  CHECK(handlers.fire({.type = EventType::message_received, .channel = "news"}) == Outcome::failed);
  CHECK(log == "2");
  CHECK(told == "news|A handler of message.received threw: no luck");
  CHECK(handlers.fire({.type = EventType::client_event, .name = "odd"}) == Outcome::failed);
  CHECK(told == "|A handler of event.odd threw: something that is no std::exception");
}

TEST_CASE("an error handler that throws is not reported to itself") {
  Handlers handlers;
  int calls = 0;
  handlers.on("error", [&calls](const Event&) -> Verdict {
    ++calls;
    throw std::runtime_error("again");
  });
  handlers.report(nullptr, {}, "x");
  CHECK(calls == 1);
}

}  // namespace
}  // namespace sentix::channels
