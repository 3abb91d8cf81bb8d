#include "tools/sentix/check_keys.h"

#include "core/jwt/jwt_keeper.h"
#include "tools/sentix/server_options.h"
#include "tools/sentix/settings_table.h"

namespace sentix::tools {

void check_keys(const Settings& settings, Report& report) {
  const core::JwtOptions options = jwt_options(settings);
  if (!options.enabled()) {
    return;
  }
  try {
    const core::JwtKeeper keeper(options, {});
  } catch (const core::JwtError& error) {
    const Setting<Settings>* const setting = find_setting("auth.jwt." + std::string(error.setting));
    report.problem(source_of(settings, setting->key), error.what());
  }
}

}  // namespace sentix::tools
