#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "tools/sentix/report.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

using Environment = std::map<std::string, std::string, std::less<>>;

// The environment of this process, copied.
[[nodiscard]] Environment process_environment();

// The value of one variable; empty where it is not set.
[[nodiscard]] inline std::string value_of(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

// Puts what the variables say into the settings. A variable that is empty or `null` is not set. Names that do not begin
// with WEBSOCKET_ are not ours; others that no setting has are warned about, with the nearest that one has.
void apply_environment(const Environment& environment, Settings& settings, Report& report);

// The same for the text of a .env file, which is called `path` in messages; ${NAME} in it is looked up in `environment`
// first. What is wrong in lines of other programs is a problem only where the user named the file: then it was meant
// for this program.
void apply_env_file(std::string_view text, const std::string& path, bool named_by_user, const Environment& environment,
                    Settings& settings, Report& report);

}  // namespace sentix::tools
