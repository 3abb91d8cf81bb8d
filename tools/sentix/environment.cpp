#include "tools/sentix/environment.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "tools/sentix/env_file.h"
#include "tools/sentix/nearest.h"
#include "tools/sentix/settings_table.h"

namespace sentix::tools {

namespace {

constexpr std::string_view kPrefix = "WEBSOCKET_";

// A variable that is set, and where.
struct Variable {
  std::string value;
  Source source;
};
using Variables = std::map<std::string, Variable, std::less<>>;

bool is_unset(std::string_view value) {
  return value.empty() || value == "null" || value == "NULL";
}

std::vector<std::string> known_variables() {
  std::vector<std::string> names;
  for (const auto& setting : settings_table()) {
    names.push_back(variable_of(setting));
    if (!setting.also.empty()) {
      names.emplace_back(setting.also);
    }
  }
  return names;
}

void warn_of_unknown(const Variables& variables, Report& report) {
  const std::vector<std::string> known = known_variables();
  for (const auto& [name, variable] : variables) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      report.warning(variable.source, "no setting has this name" + suggestion(name, known));
    }
  }
}

void apply(const Variables& variables, Settings& settings, Report& report) {
  for (const auto& setting : settings_table()) {
    for (const std::string& name : {std::string(setting.also), variable_of(setting)}) {
      const auto found = variables.find(name);
      if (found != variables.end() && !is_unset(found->second.value)) {
        assign(settings, setting, found->second.value, found->second.source, report);
      }
    }
  }
  warn_of_unknown(variables, report);
}

}  // namespace

Environment process_environment() {
  Environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return variables;
}

void apply_environment(const Environment& environment, Settings& settings, Report& report) {
  Variables ours;
  for (auto at = environment.lower_bound(kPrefix); at != environment.end() && at->first.starts_with(kPrefix); ++at) {
    ours[at->first] = {at->second, {.place = std::string(kEnvironment), .line = 0, .name = at->first}};
  }
  apply(ours, settings, report);
}

void apply_env_file(std::string_view text, const std::string& path, bool named_by_user, const Environment& environment,
                    Settings& settings, Report& report) {
  const EnvFile file = parse_env_file(text, [&](std::string_view name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  });
  for (const EnvError& error : file.errors) {
    const Source source{.place = path, .line = error.line, .name = error.name};
    if (named_by_user || error.name.starts_with(kPrefix)) {
      report.problem(source, error.message);
    } else {
      report.warning(source, error.message);
    }
  }
  Variables ours;
  for (const EnvEntry& entry : file.entries) {
    if (entry.name.starts_with(kPrefix)) {
      ours[entry.name] = {entry.value.value_or(""), {.place = path, .line = entry.line, .name = entry.name}};
    }
  }
  apply(ours, settings, report);
}

}  // namespace sentix::tools
