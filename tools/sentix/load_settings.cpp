#include "tools/sentix/load_settings.h"

#include "tools/sentix/config_file.h"
#include "tools/sentix/settings_rules.h"
#include "tools/sentix/text_file.h"

namespace sentix::tools {

namespace {

// The file that the user named, or else the usual one where it is there. What cannot be read is reported; a folder of
// the usual name is somebody else's (.env is that of Python's virtual environments too), unless it was named.
std::optional<std::string> read_source(const std::optional<std::string>& named, const std::string& usual,
                                       Report& report) {
  const std::string& path = named ? *named : usual;
  TextFile file = read_text_file(path);
  if (!file.text && (named || !(file.missing || file.is_folder))) {
    report.problem({.place = path, .line = 0, .name = {}}, "cannot be read: " + file.error);
  }
  return std::move(file.text);
}

}  // namespace

void apply_flags(const std::vector<FlagValue>& flags, Settings& settings, Report& report) {
  for (const FlagValue& flag : flags) {
    const Source source{.place = std::string(kCommandLine), .line = 0, .name = flag_of(*flag.setting)};
    assign(settings, *flag.setting, flag.text, source, report);
  }
}

LoadedSettings load_settings(const SettingsInput& input) {
  const std::string usual_config = "sentix.toml";
  const std::string usual_env_file = ".env";
  LoadedSettings loaded;
  auto& [settings, report] = loaded;
  if (const auto text = read_source(input.config_path, usual_config, report)) {
    apply_config(*text, input.config_path.value_or(usual_config), settings, report);
  }
  if (const auto text = read_source(input.env_file_path, usual_env_file, report)) {
    apply_env_file(*text, input.env_file_path.value_or(usual_env_file), input.env_file_path.has_value(),
                   input.environment, settings, report);
  }
  apply_environment(input.environment, settings, report);
  apply_flags(input.flags, settings, report);
  complete(settings);
  check_rules(settings, report);
  return loaded;
}

}  // namespace sentix::tools
