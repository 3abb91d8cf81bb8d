#include "tools/sentix/cluster/cluster_options.h"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace sentix;
using namespace std::chrono_literals;
using tools::ClusterWords;

namespace {

tools::FlagValue flag(std::string_view key, const std::string& text) {
  return {tools::find_setting(key), text};
}

tools::Settings with_redis() {
  tools::Settings settings;
  settings.server.redis.url = "redis://127.0.0.1";
  return settings;
}

}  // namespace

TEST_CASE("nodes are counted or named") {
  tools::Settings settings;
  settings.server.host = "10.0.0.1";
  ClusterWords words;
  CHECK_THROWS_WITH_AS(static_cast<void>(nodes_of(words, settings)), doctest::Contains("--nodes"), std::runtime_error);
  words.count = 2;
  CHECK(nodes_of(words, settings) == std::vector<Node>{{"10.0.0.1", 8080}, {"10.0.0.1", 8081}});
  words.base_port = 65535;
  CHECK_THROWS_WITH_AS(static_cast<void>(nodes_of(words, settings)), doctest::Contains("--base-port 65535"),
                       std::runtime_error);
  settings.server.host = "unix:/run/s";
  CHECK_THROWS_WITH_AS(static_cast<void>(nodes_of(words, settings)), doctest::Contains("host"), std::runtime_error);
  words.count.reset();
  words.nodes = {"[::1]:1", "h:2"};
  CHECK(nodes_of(words, settings) == std::vector<Node>{{"::1", 1}, {"h", 2}});
}

TEST_CASE("flags go on to the nodes, but those that each has of its own") {
  tools::SettingsInput input{.flags = {flag("host", "h"), flag("redis_url", "redis://h"), flag("debug", "true")},
                             .config_path = "a.toml",
                             .env_file_path = {},
                             .environment = {}};
  tools::Settings settings = with_redis();
  settings.server.drain_window = 30s;
  settings.server.redis.node_id = "eu";
  settings.server.redis.advertise = "wss://h:{port}/ws";
  const ClusterOptions options = cluster_options(ClusterWords{}, input, settings);
  CHECK(options.arguments == std::vector<std::string>{"--config=a.toml", "--redis=redis://h", "--debug=true"});
  CHECK(options.id_prefix == "eu");
  CHECK(options.advertise == "wss://h:{port}/ws");
  CHECK(options.base_admin_port == 9180);
  CHECK(options.drain_timeout == 45s);
}

TEST_CASE("what several nodes cannot have is refused by its name") {
  const auto refused = [](const tools::Settings& settings, const char* what) {
    CHECK_THROWS_WITH_AS(static_cast<void>(cluster_options(ClusterWords{}, {}, settings)), doctest::Contains(what),
                         std::runtime_error);
  };
  refused({}, "--redis");
  tools::Settings settings = with_redis();
  settings.server.redis.advertise = "wss://h/ws";
  refused(settings, "{port}");
  settings = with_redis();
  settings.handover = "/run/h";
  refused(settings, "handover");
}

TEST_CASE("the control socket is where only this user may write") {
  CHECK(tools::default_control_path({{"XDG_RUNTIME_DIR", "/run/user/1"}}) == "/run/user/1/sentix-cluster.sock");
  CHECK(tools::default_control_path({{"RUNTIME_DIRECTORY", "/run/sentix"}}) == "/run/sentix/sentix-cluster.sock");
  CHECK(tools::default_control_path({}) == "sentix-cluster.sock");
}
