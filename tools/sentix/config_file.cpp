#include "tools/sentix/config_file.h"

#include <algorithm>

#include "tools/sentix/config_section.h"
#include "tools/sentix/settings_table.h"

namespace sentix::tools {

namespace {

constexpr std::string_view kAuth = "auth";
constexpr std::string_view kUsers = "users";
constexpr std::string_view kChannels = "channels";

// The keys that may stand in the root (`table` is empty) or in a table such as "auth.".
std::vector<std::string> known_keys(std::string_view table) {
  std::vector<std::string> keys;
  for (const auto& setting : settings_table()) {
    const bool nested = setting.key.find('.') != std::string_view::npos;
    if (nested == !table.empty() && setting.key.starts_with(table)) {
      keys.emplace_back(setting.key.substr(table.size()));
    }
  }
  if (table.empty()) {
    keys.insert(keys.end(), {std::string(kAuth), std::string(kChannels)});
  } else {
    keys.emplace_back(kUsers);
  }
  return keys;
}

// One key of the root or of [auth] that has no reader of its own.
void read_key(const ConfigFile& file, const std::string& table, const toml::key& key, const toml::node& node,
              Settings& settings) {
  const std::string name = table + std::string(key.str());
  const Setting<Settings>* const setting = find_setting(name);
  if (setting == nullptr || (table.empty() && name.find('.') != std::string::npos)) {
    file.unknown_key(key, table, known_keys(table));
  } else if (read_setting(file, *setting, node, name, settings)) {
    settings.sources[setting->key] = file.at(node, name);
  }
}

void read_auth(const ConfigFile& file, const toml::node& node, Settings& settings) {
  const toml::table* const auth = node.as_table();
  if (auth == nullptr) {
    file.problem(node, std::string(kAuth), "must be a table: [auth]");
    return;
  }
  for (const auto& [key, value] : *auth) {
    if (key.str() == kUsers) {
      read_users(file, value, settings);
    } else {
      read_key(file, std::string(kAuth) + ".", key, value, settings);
    }
  }
}

void read_root(const ConfigFile& file, const toml::table& root, Settings& settings) {
  for (const auto& [key, node] : root) {
    if (key.str() == kAuth) {
      read_auth(file, node, settings);
    } else if (key.str() == kChannels) {
      read_channels(file, node, settings);
    } else {
      read_key(file, "", key, node, settings);
    }
  }
}

}  // namespace

void apply_config(std::string_view text, const std::string& path, Settings& settings, Report& report) {
  Report found;
  try {
    read_root({path, found}, toml::parse(text), settings);
  } catch (const toml::parse_error& error) {
    found.problem({.place = path, .line = error.source().begin.line, .name = {}}, error.description());
  }
  // The tables of toml++ are sorted by key; a person goes through the file from its top.
  std::stable_sort(found.problems.begin(), found.problems.end(),
                   [](const Problem& a, const Problem& b) { return a.source.line < b.source.line; });
  report.problems.insert(report.problems.end(), found.problems.begin(), found.problems.end());
}

}  // namespace sentix::tools
