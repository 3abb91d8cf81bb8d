#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sentix/cluster_manager.h"
#include "tools/sentix/load_settings.h"

namespace sentix::tools {

// What `sentix cluster` is told beside the settings of its nodes.
struct ClusterWords {
  std::optional<unsigned> count;           // --nodes
  std::optional<std::uint16_t> base_port;  // --base-port; without: the setting `port`
  std::vector<std::string> nodes;          // --node, HOST:PORT each
  std::uint16_t base_admin_port = 9180;    // --base-admin-port, where `sentix publish` finds the first node by itself
  std::string binary;                      // --binary; empty: this program
  std::string control;                     // --control
};

// Where a manager listens that was not told: in the folder that belongs to this user's session (XDG_RUNTIME_DIR) or to
// this service (RUNTIME_DIRECTORY), otherwise in the current one.
[[nodiscard]] std::string default_control_path(const Environment& environment);

// The nodes that there are to be at first. Throws std::runtime_error with a sentence that names the flag.
[[nodiscard]] std::vector<Node> nodes_of(const ClusterWords& words, const Settings& settings);

// From the words and the settings to what a manager is told, without its callbacks. Throws std::runtime_error with a
// sentence that names the setting, where several nodes cannot have it.
[[nodiscard]] ClusterOptions cluster_options(const ClusterWords& words, const SettingsInput& input,
                                             const Settings& settings);

}  // namespace sentix::tools
