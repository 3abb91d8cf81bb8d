#pragma once

#include <optional>

#include "auth/principal.h"
#include "channels/channel_options.h"
#include "channels/events.h"
#include "core/log.h"
#include "core/tls/tls_options.h"
#include "sentix/channel_options.h"
#include "sentix/event.h"
#include "sentix/log.h"
#include "sentix/principal.h"
#include "sentix/tls.h"

// The public types as the layers below have them, and back. The public headers may not include those layers, so that an
// application compiles against the standard library alone; that is why each of these exists twice.
namespace sentix {

[[nodiscard]] channels::ChannelOptions to_internal(const ChannelOptions& options);
[[nodiscard]] core::TlsOptions to_internal(const TlsOptions& options);
[[nodiscard]] channels::Verdict to_internal(Verdict verdict);

// Null for nobody. std::invalid_argument where the principal has no name, its name is not UTF-8, or its info not JSON.
[[nodiscard]] auth::PrincipalPtr to_internal(const std::optional<Principal>& principal);

[[nodiscard]] Action to_public(auth::Action action);
[[nodiscard]] LogLevel to_public(core::LogLevel level);

}  // namespace sentix
