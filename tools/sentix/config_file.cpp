#include "tools/sentix/config_file.h"

#include <algorithm>

#include "tools/sentix/config_section.h"
#include "tools/sentix/settings_table.h"

namespace sentix::tools {

namespace {

constexpr std::string_view kUsers = "auth.users";
constexpr std::string_view kCertificates = "tls.certificates";
constexpr std::string_view kRateClasses = "rate.class";
constexpr std::string_view kChannels = "channels";

// The table that a setting stands in: "auth." for "auth.enabled", "auth.jwt." for "auth.jwt.secret", nothing for
// "port".
std::string_view table_of(const Setting<Settings>& setting) {
  return setting.key.substr(0, setting.key.rfind('.') + 1);
}

// The keys of the file that start with `table`, each as it is written in that table.
std::vector<std::string> known_keys(std::string_view table) {
  std::vector<std::string> keys;
  const auto add = [&](std::string_view key) {
    if (key.starts_with(table)) {
      const std::string_view rest = key.substr(table.size());
      keys.emplace_back(rest.substr(0, rest.find('.')));
    }
  };
  for (const auto& setting : settings_table()) {
    add(setting.key);
  }
  add(kUsers);
  add(kCertificates);
  add(kRateClasses);
  add(kChannels);
  return keys;
}

// One key that has no reader of its own. `table` is empty for the root.
void read_key(const ConfigFile& file, const std::string& table, const toml::key& key, const toml::node& node,
              Settings& settings) {
  const std::string name = table + std::string(key.str());
  const Setting<Settings>* const setting = find_setting(name);
  if (setting == nullptr || table_of(*setting) != table) {
    file.unknown_key(key, table, known_keys(table));
  } else if (read_setting(file, *setting, node, name, settings)) {
    settings.sources[setting->key] = file.at(node, name);
  }
}

bool is_table(std::string_view name) {
  const std::span<const Setting<Settings>> settings = settings_table();
  return std::any_of(settings.begin(), settings.end(), [name](const Setting<Settings>& setting) {
    const std::string_view table = table_of(setting);
    return !table.empty() && table.substr(0, table.size() - 1) == name;
  });
}

// A table such as [auth], whose settings are called "auth.enabled", and which may have others in it: [auth.jwt].
void read_table(const ConfigFile& file, const std::string& name, const toml::node& node, Settings& settings) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    file.problem(node, name, "must be a table: [" + name + "]");
    return;
  }
  const std::string path = name + ".";
  for (const auto& [key, value] : *table) {
    const std::string name_in_file = path + std::string(key.str());
    if (name_in_file == kUsers) {
      read_users(file, value, settings);
    } else if (name_in_file == kCertificates) {
      read_certificates(file, value, settings);
    } else if (name_in_file == kRateClasses) {
      read_rate_classes(file, value, settings);
    } else if (is_table(name_in_file)) {
      read_table(file, name_in_file, value, settings);
    } else {
      read_key(file, path, key, value, settings);
    }
  }
}

void read_root(const ConfigFile& file, const toml::table& root, Settings& settings) {
  for (const auto& [key, node] : root) {
    if (key.str() == kChannels) {
      read_channels(file, node, settings);
    } else if (is_table(key.str())) {
      read_table(file, std::string(key.str()), node, settings);
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
