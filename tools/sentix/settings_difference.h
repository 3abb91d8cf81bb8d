#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/sentix/settings.h"

namespace sentix::tools {

// The keys of the settings that differ, with "auth.users", "tls.certificates", "rate.class" and "channels" each
// as one.
[[nodiscard]] std::vector<std::string> settings_difference(const Settings& a, const Settings& b);

// Whether a change of one of these keys from `a` to `b` needs no restart: those of TLS only where there is TLS before
// and after it.
[[nodiscard]] bool is_live(std::string_view key, const Settings& a, const Settings& b);

}  // namespace sentix::tools
