#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "auth/channel_tokens.h"
#include "auth/jwt_authenticator.h"
#include "core/jwt/jwt_options.h"
#include "core/log.h"
#include "core/small_file.h"

namespace sentix::core {

// Why there can be no JwtVerifier: which setting of [auth.jwt] it is about, and a sentence that names the file.
class JwtError : public std::invalid_argument {
 public:
  JwtError(std::string_view which, const std::string& sentence) : std::invalid_argument(sentence), setting(which) {}

  std::string_view setting;  // "secret", "key_file" or "jwks_file"
};

// Keeps the JwtVerifier that is in force, and makes a new one when its files have changed, which is looked at when
// somebody asks, once a second at most. What cannot be used is said once, and the old one stays; so a file that is
// being written does no harm. It is the files that are looked at, not their names: a link may be turned.
//
// For any thread. Whoever asks in the second in which a file has changed reads it: one small file, off the disk cache.
class JwtKeeper {
 public:
  // Throws JwtError. `options` are enabled.
  JwtKeeper(JwtOptions options, LogSink log);

  // The one in force at `now`.
  [[nodiscard]] std::shared_ptr<const auth::JwtVerifier> verifier(std::chrono::steady_clock::time_point now);

 private:
  using Files = std::vector<FileState>;

  [[nodiscard]] Files files() const;
  void load();
  void look();
  void log(LogLevel level, const std::string& line) const;

  const JwtOptions options_;
  const LogSink log_;

  std::mutex mutex_;  // of what follows
  Files read_;        // as they were when they were last read, well or not
  std::chrono::steady_clock::time_point next_look_;
  std::shared_ptr<const auth::JwtVerifier> verifier_;
};

// Judges tokens by a JwtKeeper's keys and the clocks of this machine. Why one is refused is logged at debug, where
// `log_refusals`, once for each: never to who presented it.
[[nodiscard]] std::shared_ptr<auth::Authenticator> jwt_authenticator(std::shared_ptr<JwtKeeper> keeper, LogSink log,
                                                                     bool log_refusals);

// The same for the tokens that clients subscribe with.
[[nodiscard]] std::shared_ptr<const auth::ChannelTokens> channel_tokens(std::shared_ptr<JwtKeeper> keeper, LogSink log,
                                                                        bool log_refusals);

}  // namespace sentix::core
