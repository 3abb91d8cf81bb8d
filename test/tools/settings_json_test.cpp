#include "tools/sentix/settings_json.h"

#include <doctest/doctest.h>

#include <string>

#include "protocol/json_syntax.h"
#include "tools/sentix/settings_table.h"

using namespace sentix;
using namespace sentix::tools;

namespace {

// The row of one key, from its name to its end.
std::string row(const std::string& json, const std::string& key) {
  const auto begin = json.find("{\"key\":\"" + key + "\"");
  REQUIRE(begin != std::string::npos);
  return json.substr(begin, json.find('}', begin) - begin);
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every setting is told, with its value and where it came from") {
  Settings settings;
  settings.server.max_clients = 5;
  settings.sources["max_clients"] = {.place = "sentix.toml", .line = 7, .name = "max_clients"};
  const std::string json = settings_json(settings, settings);
  CHECK_FALSE(protocol::validate_json_utf8(json));
  for (const auto& setting : settings_table()) {
    CAPTURE(setting.key);
    CHECK(has(row(json, std::string(setting.key)), "\"help\":\""));
  }
  CHECK(has(row(json, "max_clients"), R"("value":"5","source":"sentix.toml:7")"));
  CHECK(has(row(json, "port"), R"("source":"default")"));
  CHECK_FALSE(has(row(json, "data_dir"), "\"value\""));
}

TEST_CASE("no secret is told") {
  Settings settings;
  settings.server.admin.token = "hush-1";
  settings.server.admin.read_token = "hush-2";
  settings.server.redis.url = "redis://:hush-3@localhost";
  settings.jwt.secret = "hush-4";
  settings.users.push_back({.username = "hush-5", .token_sha256 = {}});
  const std::string json = settings_json(settings, settings);
  CHECK_FALSE(has(json, "hush"));
  CHECK(has(row(json, "admin_token"), "\"secret\":true"));
  CHECK(has(row(json, "auth.users"), R"("value":"1")"));
}

TEST_CASE("what needs a restart is told as it was at the start") {
  Settings started;
  started.server.port = 8080;
  Settings again = started;
  again.server.port = 9090;
  again.server.max_clients = 7;
  const std::string json = settings_json(again, started);
  CHECK(has(row(json, "port"), R"("value":"8080")"));
  CHECK(has(row(json, "max_clients"), R"("value":"7")"));
}

TEST_CASE("channels are told with what they keep by default, and their names are quoted") {
  Settings settings;
  settings.server.channels.emplace_back("news-*", channels::ChannelOptions{.persistent = true});
  const std::string json = settings_json(settings, settings);
  CHECK_FALSE(protocol::validate_json_utf8(json));
  CHECK(has(json, R"({"key":"channels.\"news-*\".history_size","group":"Channels","value":"100")"));
}

TEST_CASE("of a rate class is told what it sets") {
  Settings settings;
  settings.server.rates.classes["gold"].of(auth::Quantity::messages, auth::Scope::user) =
      auth::RateLimit{{.units = 5}, auth::OverLimit::close};
  settings.table_sources["rate.class.gold.messages_per_user"] = {.place = "sentix.toml", .line = 7, .name = "m"};
  const std::string json = settings_json(settings, settings);
  CHECK_FALSE(protocol::validate_json_utf8(json));
  CHECK(has(row(json, "rate.class.gold.messages_per_user"), R"("value":"\"5/s close\"","source":"sentix.toml:7")"));
  CHECK_FALSE(has(json, "rate.class.gold.messages_per_connection"));
}
