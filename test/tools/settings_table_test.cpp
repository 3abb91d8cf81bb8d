#include "tools/sentix/settings_table.h"

#include <doctest/doctest.h>

#include <set>

#include "tools/sentix/channel_table.h"

using namespace sentix::tools;

TEST_CASE("no two settings share a key, a flag or a variable") {
  std::set<std::string> names;
  for (const auto& setting : settings_table()) {
    CAPTURE(setting.key);
    CHECK(names.insert(std::string(setting.key)).second);
    CHECK(names.insert(flag_of(setting)).second);
    CHECK(names.insert(variable_of(setting)).second);
    CHECK((setting.also.empty() || names.insert(std::string(setting.also)).second));
  }
}

TEST_CASE("every setting is documented, and without a default it has an example") {
  const auto check = [](const auto& rows, const auto& defaults) {
    for (const auto& row : rows) {
      CAPTURE(row.key);
      CHECK(row.help.ends_with("."));
      CHECK(row.binding.get(defaults).has_value() == row.example.empty());
    }
  };
  check(settings_table(), Settings{});
  check(channel_table(), ChannelDraft{});
}

TEST_CASE("every default is a good value") {
  const Settings defaults;
  for (const auto& setting : settings_table()) {
    if (const auto value = setting.binding.get(defaults)) {
      CAPTURE(setting.key);
      std::string text = toml_text(setting.shape.kind, *value);
      if (text.front() == '"') {
        text = text.substr(1, text.size() - 2);
      }
      Settings read;
      CHECK(set_from_text(setting, text, read).empty());
      CHECK(setting.binding.get(read) == value);
    }
  }
}

TEST_CASE("the defaults are the contract's") {
  const Settings defaults;
  CHECK(defaults.server.host == "127.0.0.1");
  CHECK(defaults.server.port == 8080);
  CHECK(defaults.server.max_clients == 1000);
  CHECK(defaults.server.ping_interval == std::chrono::seconds(30));
  CHECK(defaults.log_channel == "stderr");
  CHECK(defaults.log_path == "storage/logs/websocket.log");
  CHECK_FALSE(defaults.server.policy.auth_enabled);
  CHECK(defaults.enabled);
}

TEST_CASE("the flags of the contract are there") {
  std::set<std::string> flags;
  for (const auto& setting : settings_table()) {
    flags.insert(flag_of(setting));
  }
  for (const char* flag : {"--host", "--port", "--workers", "--admin", "--tls-cert", "--tls-key", "--debug",
                           "--reuse-port", "--data-dir", "--redis", "--max-message-bytes"}) {
    CAPTURE(flag);
    CHECK(flags.contains(flag));
  }
}

TEST_CASE("a value is stored with its source, a wrong one is not stored") {
  Settings settings;
  Report report;
  const Source source{.place = "x.toml", .line = 3, .name = "port"};
  assign(settings, *find_setting("port"), "99", source, report);
  assign(settings, *find_setting("workers"), "many", source, report);
  CHECK(settings.server.port == 99);
  CHECK(place_text(source_of(settings, "port")) == "x.toml:3");
  CHECK(settings.server.workers == 0);
  CHECK(place_text(source_of(settings, "workers")) == "default");
  REQUIRE(report.problems.size() == 1);
  CHECK(find_setting("nothing") == nullptr);
}

TEST_CASE("every rate limit that there can be has its row, under the name that its refusals tell") {
  using namespace sentix::auth;
  for (std::size_t q = 0; q < kQuantities; ++q) {
    for (std::size_t s = 0; s < kScopes; ++s) {
      const auto quantity = static_cast<Quantity>(q);
      const auto scope = static_cast<Scope>(s);
      const auto* const row = find_setting(setting_of(quantity, scope));
      REQUIRE((row != nullptr) == is_limit(quantity, scope));
      if (row != nullptr) {
        Settings settings;
        CHECK(set_from_text(*row, "7/m burst 9 close", settings).empty());
        CHECK(settings.server.rates.of(quantity, scope) ==
              RateLimit{{.units = 7, .burst = 9, .period = std::chrono::minutes(1)}, OverLimit::close});
      }
    }
  }
}

TEST_CASE("a channel's keys are in the contract's order") {
  std::string keys;
  for (const auto& row : channel_table()) {
    keys += std::string(row.key) + " ";
  }
  CHECK(keys ==
        "max_clients persistent private auth presence publish auto_create history_size history_ttl durability "
        "history_bytes presence_grace presence_members max_data_bytes without_redis ");
}

TEST_CASE("the durability goes into the options and back") {
  for (const char* durability : {"memory", "written", "synced"}) {
    CHECK(draft_of(finished({.durability = durability})).durability == durability);
  }
  CHECK(finished({.durability = "synced"}).durability == sentix::channels::Durability::synced);
}

TEST_CASE("what becomes of publications without Redis goes into the options and back") {
  for (const char* policy : {"refuse", "local"}) {
    CHECK(draft_of(finished({.without_redis = policy})).without_redis == policy);
  }
  CHECK(finished({.without_redis = "local"}).without_redis == sentix::channels::WithoutRedis::local);
}

TEST_CASE("the right to publish goes into the options and back") {
  for (const char* right : {"subscribers", "anyone", "server"}) {
    CHECK(draft_of(finished({.publish = right})).publish == right);
  }
  CHECK(finished({.publish = "server"}).publish == sentix::channels::PublishRight::server);
}
