#include "tools/sentix/cluster/cluster_options.h"

#include <chrono>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "core/listening_socket.h"
#include "tools/sentix/settings_table.h"

namespace sentix::tools {

namespace {

constexpr std::string_view kPort = "{port}";
constexpr std::chrono::seconds kAfterDrainWindow(15);  // a server has ended 10 s after its window, unless it hangs
constexpr std::string_view kSocket = "sentix-cluster.sock";

// This program's file as it was called when it was started: a new version in its place is what a restart runs.
std::string own_binary() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "sentix" : path.string();
}

[[noreturn]] void refuse(const Settings& settings, std::string_view key, std::string_view why) {
  throw std::runtime_error(to_string(Problem{source_of(settings, key), std::string(why)}));
}

// What each node is told on its own: the rest of the flags goes on to it as it was given.
bool is_of_manager(const Setting<Settings>& setting) {
  return setting.key == "host" || setting.key == "node_id" || setting.key == "advertise";
}

}  // namespace

std::string default_control_path(const Environment& environment) {
  for (const std::string_view name : {"XDG_RUNTIME_DIR", "RUNTIME_DIRECTORY"}) {
    if (const std::string folder = value_of(environment, name); !folder.empty()) {
      return folder + "/" + std::string(kSocket);
    }
  }
  return std::string(kSocket);
}

std::vector<Node> nodes_of(const ClusterWords& words, const Settings& settings) {
  std::vector<Node> nodes;
  for (const std::string& text : words.nodes) {
    nodes.push_back(parse_node(text));
  }
  if (!words.count) {
    if (nodes.empty()) {
      throw std::runtime_error("say which nodes there are to be: --nodes N, or --node HOST:PORT for each");
    }
    return nodes;
  }
  if (core::is_unix_path(settings.server.host)) {
    refuse(settings, "host", "is a path, which only one node could have");
  }
  const unsigned first = words.base_port.value_or(settings.server.port);
  if (first == 0 || first + *words.count - 1 > std::numeric_limits<std::uint16_t>::max()) {
    throw std::runtime_error("--base-port " + std::to_string(first) + ": there are no " + std::to_string(*words.count) +
                             " ports from there on");
  }
  for (unsigned i = 0; i < *words.count; ++i) {
    nodes.push_back({.host = settings.server.host, .port = static_cast<std::uint16_t>(first + i)});
  }
  return nodes;
}

ClusterOptions cluster_options(const ClusterWords& words, const SettingsInput& input, const Settings& settings) {
  if (!settings.server.redis.enabled()) {
    refuse(settings, "redis_url", "is not set: without a Redis (--redis) nodes would know nothing of each other");
  }
  if (!settings.handover.empty()) {
    refuse(settings, "handover", "is for one server: a cluster restarts its nodes one after the other instead");
  }
  const std::string& advertise = settings.server.redis.advertise;
  if (!advertise.empty() && advertise.find(kPort) == std::string::npos) {
    refuse(settings, "advertise", "would be the same for all nodes: write {port} where the port of each is to stand");
  }
  ClusterOptions options;
  options.binary = words.binary.empty() ? own_binary() : words.binary;
  if (!settings.server.redis.node_id.empty()) {
    options.id_prefix = settings.server.redis.node_id;
  }
  options.advertise = advertise;
  options.base_admin_port = words.base_admin_port;
  options.control = words.control;
  options.drain_timeout = settings.server.drain_window + kAfterDrainWindow;
  if (input.config_path) {
    options.arguments.push_back("--config=" + *input.config_path);
  }
  if (input.env_file_path) {
    options.arguments.push_back("--env-file=" + *input.env_file_path);
  }
  for (const FlagValue& flag : input.flags) {
    if (!is_of_manager(*flag.setting)) {
      options.arguments.push_back(flag_of(*flag.setting) + "=" + flag.text);
    }
  }
  return options;
}

}  // namespace sentix::tools
