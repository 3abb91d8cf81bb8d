#pragma once

#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sentix/nearest.h"
#include "tools/sentix/report.h"
#include "tools/sentix/setting.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// What every part of the config file's reader works with (config_file.cpp, and one file for each of its parts below).
struct ConfigFile {
  const std::string& path;
  Report& report;

  // Where a value stands; `name` says which one it is, from the file's root on.
  template <typename Node>
  [[nodiscard]] Source at(const Node& node, const std::string& name) const {
    return {.place = path, .line = node.source().begin.line, .name = name};
  }

  template <typename Node>
  void problem(const Node& node, const std::string& name, std::string_view message) const {
    report.problem(at(node, name), message);
  }

  // `table` is the path of the table that the key stands in, with a dot behind it; or empty for the root.
  void unknown_key(const toml::key& key, const std::string& table, const std::vector<std::string>& known) const {
    problem(key, table + std::string(key.str()), "no setting has this name" + suggestion(key.str(), known));
  }
};

// The text of a value that has a type which the kind may be written in, for parse_value(). nullopt: it has another.
[[nodiscard]] std::optional<std::string> text_of(Kind kind, const toml::node& node);
// How values of a kind are written in the file: "a whole number without quotes".
[[nodiscard]] std::string_view notation(Kind kind);

// Reads one value into `target`, or reports what is wrong with it. Returns whether it was read.
template <typename S>
bool read_setting(const ConfigFile& file, const Setting<S>& setting, const toml::node& node, const std::string& name,
                  S& target) {
  const auto text = text_of(setting.shape.kind, node);
  const std::string error =
      text ? set_from_text(setting, *text, target) : "must be " + std::string(notation(setting.shape.kind));
  if (!error.empty()) {
    file.problem(node, name, error);
  }
  return error.empty();
}

// Reads every key of a table by the rows of its settings. Keys in `others` are the caller's.
template <typename S>
void read_section(const ConfigFile& file, const toml::table& table, const std::string& name,
                  std::span<const Setting<S>> rows, S& target, const std::vector<std::string>& others = {}) {
  std::vector<std::string> known = others;
  for (const auto& row : rows) {
    known.emplace_back(row.key);
  }
  for (const auto& [key, node] : table) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&k = key](const auto& r) { return r.key == k.str(); });
    if (row != rows.end()) {
      read_setting(file, *row, node, name + std::string(key.str()), target);
    } else if (std::find(others.begin(), others.end(), key.str()) == others.end()) {
      file.unknown_key(key, name, known);
    }
  }
}

// Notes where each key of a table stands that is a user's, a rate class's or a channel's. `path` is what the table is
// called in Settings::table_sources, `name` what it is called in messages; both end with a dot.
void note_sources(const ConfigFile& file, const toml::table& table, const std::string& path, const std::string& name,
                  Settings& settings);

// Whether `text` may be a channel's name, or a pattern of names with * in it.
[[nodiscard]] bool valid_channel_pattern(std::string_view text);

// The parts of the file with keys of their own: what stands at `auth.users`, at `tls.certificates`, at `rate.class` and
// at `channels`.
void read_users(const ConfigFile& file, const toml::node& node, Settings& settings);
void read_rate_classes(const ConfigFile& file, const toml::node& node, Settings& settings);
void read_certificates(const ConfigFile& file, const toml::node& node, Settings& settings);
void read_channels(const ConfigFile& file, const toml::node& node, Settings& settings);

}  // namespace sentix::tools
