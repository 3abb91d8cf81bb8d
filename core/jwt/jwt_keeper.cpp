#include "core/jwt/jwt_keeper.h"

#include <utility>

#include "auth/jwks.h"

namespace sentix::core {
namespace {

constexpr std::chrono::seconds kLookInterval{1};

std::string read_file(std::string_view setting, const std::string& path) {
  try {
    return read_small_file(path);
  } catch (const SmallFileError& error) {
    throw JwtError(setting, error.what());
  }
}

// What add() has against a key is told of the setting and the file that it came from.
template <typename Add>
void add_from(std::string_view setting, const std::string& from, Add&& add) {
  try {
    add();
  } catch (const auth::JwtKeyError& error) {
    throw JwtError(setting, from + " " + error.what());
  }
}

// All keys; what of a JWK set is left out is added to `notes`.
auth::JwtKeySet read_keys(const JwtOptions& options, std::vector<std::string>& notes) {
  auth::JwtKeySet keys;
  if (!options.secret.empty()) {
    add_from("secret", "it", [&] { keys.add({}, auth::JwtKey::from_secret(options.algorithm, options.secret)); });
  }
  if (!options.key_file.empty()) {
    const std::string text = read_file("key_file", options.key_file);
    add_from("key_file", options.key_file, [&] { keys.add({}, auth::JwtKey::from_pem(text)); });
  }
  if (!options.jwks_file.empty()) {
    const std::string text = read_file("jwks_file", options.jwks_file);
    add_from("jwks_file", options.jwks_file + ":", [&] { notes = auth::add_jwks(text, keys); });
  }
  return keys;
}

auth::JwtAuthenticator::Verifier verifier_of(std::shared_ptr<JwtKeeper> keeper) {
  return [keeper = std::move(keeper)] { return keeper->verifier(std::chrono::steady_clock::now()); };
}

// Empty where nothing is to be logged.
auth::JwtAuthenticator::Refused log_of_refusals(const char* what, LogSink log, bool log_refusals) {
  if (!log || !log_refusals) {
    return {};
  }
  return
      [what, log = std::move(log)](auth::JwtFault fault) { log(LogLevel::debug, what + std::string(describe(fault))); };
}

}  // namespace

JwtKeeper::JwtKeeper(JwtOptions options, LogSink log) : options_(std::move(options)), log_(std::move(log)) {
  read_ = files();
  load();
}

std::shared_ptr<const auth::JwtVerifier> JwtKeeper::verifier(std::chrono::steady_clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (now >= next_look_) {
    next_look_ = now + kLookInterval;
    look();
  }
  return verifier_;
}

// The state is taken first: what changes while it is read is read again.
void JwtKeeper::look() {
  Files now = files();
  if (now == read_) {
    return;
  }
  read_ = std::move(now);
  try {
    load();
    log(LogLevel::info, "the keys of auth.jwt were read again");
  } catch (const JwtError& error) {
    log(LogLevel::error, "the new keys are refused, the old ones stay in force: auth.jwt." +
                             std::string(error.setting) + ": " + error.what());
  }
}

void JwtKeeper::load() {
  std::vector<std::string> notes;
  verifier_ = std::make_shared<const auth::JwtVerifier>(read_keys(options_, notes), options_.rules);
  for (const std::string& note : notes) {
    log(LogLevel::warning, options_.jwks_file + ": " + note);
  }
}

JwtKeeper::Files JwtKeeper::files() const {
  return {state_of(options_.key_file), state_of(options_.jwks_file)};
}

void JwtKeeper::log(LogLevel level, const std::string& line) const {
  if (log_) {
    log_(level, line);
  }
}

std::shared_ptr<auth::Authenticator> jwt_authenticator(std::shared_ptr<JwtKeeper> keeper, LogSink log,
                                                       bool log_refusals) {
  return std::make_shared<auth::JwtAuthenticator>(
      verifier_of(std::move(keeper)), &std::chrono::system_clock::now,
      log_of_refusals("a token is refused: ", std::move(log), log_refusals));
}

std::shared_ptr<const auth::ChannelTokens> channel_tokens(std::shared_ptr<JwtKeeper> keeper, LogSink log,
                                                          bool log_refusals) {
  return std::make_shared<const auth::ChannelTokens>(
      verifier_of(std::move(keeper)), &std::chrono::system_clock::now,
      log_of_refusals("a token for a channel is refused: ", std::move(log), log_refusals));
}

}  // namespace sentix::core
