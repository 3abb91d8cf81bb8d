#pragma once

#include <memory>

#include "auth/authenticator.h"
#include "auth/rate_limit.h"
#include "core/log.h"

namespace sentix::core {

// `judge`, which may be null, without those whose rate class is none of `classes` (auth/rate_class_guard.h). Each of
// them is a warning in the log that names the setting.
[[nodiscard]] std::shared_ptr<auth::Authenticator> known_classes_only(std::shared_ptr<auth::Authenticator> judge,
                                                                      const auth::RateClasses& classes,
                                                                      const LogSink& log);

// Warns of each class that there was before a reload and is none any more: its clients stay, with the general limits,
// and none come in.
void warn_of_lost_classes(const auth::RateClasses& before, const auth::RateClasses& now, const LogSink& log);

}  // namespace sentix::core
