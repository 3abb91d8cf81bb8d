#include "auth/principal.h"

#include <doctest/doctest.h>

namespace sentix::auth {
namespace {

TEST_CASE("nobody in particular was granted nothing") {
  CHECK_FALSE(granted(nullptr, Action::subscribe, "a"));
  CHECK_FALSE(granted(nullptr, Action::publish, "a"));
  CHECK_FALSE(granted(nullptr, Action::presence, "a"));
}

TEST_CASE("without a list everything is open, with an empty one nothing") {
  const Principal all{.user = "u", .info = {}, .grants = std::nullopt};
  const Principal none{.user = "u", .info = {}, .grants = std::vector<Grant>{}};
  for (const Action action : {Action::subscribe, Action::publish, Action::presence}) {
    CHECK(granted(&all, action, "anything"));
    CHECK_FALSE(granted(&none, action, "anything"));
  }
}

TEST_CASE("a grant gives its actions on the channels that its pattern matches") {
  const Principal principal{
      .user = "u",
      .info = {},
      .grants = {{{.pattern = "news", .publish = false, .presence = false}, {.pattern = "team-*", .presence = false}}}};
  CHECK(granted(&principal, Action::subscribe, "news"));
  CHECK_FALSE(granted(&principal, Action::publish, "news"));
  CHECK_FALSE(granted(&principal, Action::presence, "news"));
  CHECK(granted(&principal, Action::subscribe, "team-1"));
  CHECK(granted(&principal, Action::publish, "team-1"));
  CHECK_FALSE(granted(&principal, Action::presence, "team-1"));
  CHECK_FALSE(granted(&principal, Action::subscribe, "news2"));
  CHECK_FALSE(granted(&principal, Action::subscribe, "other"));
}

TEST_CASE("several grants for one channel add up") {
  const Principal principal{.user = "u",
                            .info = {},
                            .grants = {{{.pattern = "a", .publish = false, .presence = false},
                                        {.pattern = "*", .subscribe = false, .publish = false}}}};
  CHECK(granted(&principal, Action::subscribe, "a"));
  CHECK(granted(&principal, Action::presence, "a"));
  CHECK_FALSE(granted(&principal, Action::publish, "a"));
  CHECK_FALSE(granted(&principal, Action::subscribe, "b"));
}

}  // namespace
}  // namespace sentix::auth
