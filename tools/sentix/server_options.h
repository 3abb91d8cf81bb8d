#pragma once

#include "core/options.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// What the server is to be, from completed settings without problems: workers counted, users and keys made an
// authenticator, the page loaded. Throws core::JwtError where the keys of tokens cannot be used (check_keys.h).
[[nodiscard]] core::Options server_options(const Settings& settings, core::LogSink log);

// Of it what is for TLS; without certificates where there is none.
[[nodiscard]] core::TlsOptions tls_options(const Settings& settings);

// And what is for tokens; not enabled where there is no key.
[[nodiscard]] core::JwtOptions jwt_options(const Settings& settings);

}  // namespace sentix::tools
