#include "tools/sentix/config_section.h"
#include "tools/sentix/rate_class_table.h"
#include "tools/sentix/toml_text.h"

namespace sentix::tools {

namespace {

// The limits that a table has and that are everybody's, each of which is a problem.
std::vector<std::string> report_general_limits(const ConfigFile& file, const toml::table& table,
                                               const std::string& path) {
  std::vector<std::string> found;
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const auto limit = auth::find_limit(name);
    if (limit && !auth::is_class_limit(limit->quantity, limit->scope)) {
      file.problem(key, path + name, "is no limit of a class, which are of connections and users: set rate." + name);
      found.push_back(name);
    }
  }
  return found;
}

// What `file` says of one class.
void read_rate_class(const ConfigFile& file, const toml::key& key, const toml::node& node, Settings& settings) {
  const std::string name(key.str());
  if (!auth::valid_rate_class(name)) {
    file.problem(key, "rate.class." + toml_quoted(name), "is not a class's name: 1 to 32 of A-Z a-z 0-9 _ -");
    return;
  }
  const std::string setting = auth::setting_of_class(name);
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    file.problem(node, setting, "must be a table: [" + setting + "]");
    return;
  }
  const std::string path = setting + ".";
  auth::RateClass& limits = settings.server.rates.classes[name];
  read_section(file, *table, path, rate_class_table(), limits, report_general_limits(file, *table, path));
  note_sources(file, *table, path, path, settings);
}

}  // namespace

void read_rate_classes(const ConfigFile& file, const toml::node& node, Settings& settings) {
  const toml::table* const classes = node.as_table();
  if (classes == nullptr) {
    file.problem(node, "rate.class", "must be tables: [rate.class.NAME]");
    return;
  }
  if (classes->size() > auth::kRateClassesMax) {
    file.problem(node, "rate.class",
                 "there are " + std::to_string(classes->size()) + " classes, and there can be at most " +
                     std::to_string(auth::kRateClassesMax));
    return;
  }
  for (const auto& [key, value] : *classes) {
    read_rate_class(file, key, value, settings);
  }
}

}  // namespace sentix::tools
