#include "core/rate_classes.h"

#include <array>
#include <string>
#include <utility>

#include "auth/rate_class_guard.h"

namespace sentix::core {

namespace {

constexpr std::string_view kReason = "unknown_rate_class";  // clients can cause it again and again

void warn_of_unknown_class(const LogSink& log, const std::string& address, const auth::Principal& principal) {
  const std::string setting = auth::setting_of_class(principal.rate_class);
  const std::string text = "\"" + principal.user + "\" from " + address + " is refused: " + setting + " is not set";
  const std::array<LogField, 3> fields{{{"address", address}, {"user", principal.user}, {"setting", setting}}};
  log({.level = LogLevel::warning, .text = text, .reason = kReason, .fields = fields});
}

}  // namespace

std::shared_ptr<auth::Authenticator> known_classes_only(std::shared_ptr<auth::Authenticator> judge,
                                                        const auth::RateClasses& classes, const LogSink& log) {
  if (!judge) {
    return nullptr;
  }
  auth::RateClassGuard::Refused warn;
  if (log) {
    warn = [log](const std::string& address, const auth::Principal& principal) {
      warn_of_unknown_class(log, address, principal);
    };
  }
  return std::make_shared<auth::RateClassGuard>(std::move(judge), classes, std::move(warn));
}

void warn_of_lost_classes(const auth::RateClasses& before, const auth::RateClasses& now, const LogSink& log) {
  for (const auto& [name, limits] : before) {
    if (log && !now.contains(name)) {
      log(LogLevel::warning, auth::setting_of_class(name) +
                                 " is gone: its clients have the general limits from now on, and new ones are refused");
    }
  }
}

}  // namespace sentix::core
