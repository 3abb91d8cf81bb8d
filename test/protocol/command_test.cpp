#include "protocol/command.h"

#include <doctest/doctest.h>

#include "protocol/command_rules.h"

using namespace sentix::protocol;

TEST_CASE("every command has the name that clients know") {
  CHECK(wire_name(CommandType::authenticate) == "authenticate");
  CHECK(wire_name(CommandType::subscribe) == "subscribe");
  CHECK(wire_name(CommandType::unsubscribe) == "unsubscribe");
  CHECK(wire_name(CommandType::publish) == "publish");
  CHECK(wire_name(CommandType::event) == "event");
  CHECK(wire_name(CommandType::history) == "history");
  CHECK(wire_name(CommandType::presence) == "presence");
  CHECK(wire_name(CommandType::ping) == "ping");
}

TEST_CASE("the rules stand in the order of the types, by which they are found") {
  for (std::size_t i = 0; i < kCommandRules.size(); ++i) {
    CHECK(static_cast<std::size_t>(kCommandRules[i].type) == i);
    CHECK((kCommandRules[i].required & kCommandRules[i].optional).empty());
  }
}
