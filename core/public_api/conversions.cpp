#include "core/public_api/conversions.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/arguments.h"
#include "protocol/utf8.h"

namespace sentix {

namespace {

// Where two enumerations say the same with the same numbers, conversion is a cast. This keeps them so.
template <auto internal, auto exported>
constexpr bool kSame = static_cast<int>(internal) == static_cast<int>(exported);

static_assert(kSame<channels::PublishRight::subscribers, PublishRight::subscribers>);
static_assert(kSame<channels::PublishRight::anyone, PublishRight::anyone>);
static_assert(kSame<channels::PublishRight::server, PublishRight::server>);
static_assert(kSame<channels::Durability::memory, Durability::memory>);
static_assert(kSame<channels::Durability::written, Durability::written>);
static_assert(kSame<channels::Durability::synced, Durability::synced>);
static_assert(kSame<channels::WithoutRedis::refuse, WithoutRedis::refuse>);
static_assert(kSame<channels::WithoutRedis::local, WithoutRedis::local>);
static_assert(kSame<channels::Verdict::pass, Verdict::pass>);
static_assert(kSame<channels::Verdict::drop, Verdict::drop>);
static_assert(kSame<auth::Action::subscribe, Action::subscribe>);
static_assert(kSame<auth::Action::publish, Action::publish>);
static_assert(kSame<auth::Action::presence, Action::presence>);
static_assert(kSame<core::ClientCertificates::off, ClientCertificates::off>);
static_assert(kSame<core::ClientCertificates::optional, ClientCertificates::optional>);
static_assert(kSame<core::ClientCertificates::required, ClientCertificates::required>);
static_assert(kSame<core::LogLevel::debug, LogLevel::debug>);
static_assert(kSame<core::LogLevel::info, LogLevel::info>);
static_assert(kSame<core::LogLevel::warning, LogLevel::warning>);
static_assert(kSame<core::LogLevel::error, LogLevel::error>);

std::vector<auth::Grant> to_internal(const std::vector<Grant>& grants) {
  std::vector<auth::Grant> internal;
  internal.reserve(grants.size());
  for (const Grant& grant : grants) {
    internal.push_back(
        {.pattern = grant.channel, .subscribe = grant.subscribe, .publish = grant.publish, .presence = grant.presence});
  }
  return internal;
}

void check(const Principal& principal) {
  core::require(!principal.user.empty(), "a principal has a user name");
  core::require(protocol::valid_utf8(std::as_bytes(std::span(principal.user))), "a principal's user name is UTF-8");
  if (!principal.info.empty()) {
    core::require_json(principal.info);
  }
}

}  // namespace

channels::ChannelOptions to_internal(const ChannelOptions& options) {
  return {.max_clients = options.max_clients,
          .persistent = options.persistent,
          .is_private = options.is_private,
          .auth = options.auth,
          .presence = options.presence,
          .publish = static_cast<channels::PublishRight>(options.publish),
          .auto_create = options.auto_create,
          .history_size = options.history_size,
          .history_ttl = options.history_ttl,
          .durability = static_cast<channels::Durability>(options.durability),
          .history_bytes = options.history_bytes,
          .presence_grace = options.presence_grace,
          .presence_members = options.presence_members,
          .max_data_bytes = options.max_data_bytes,
          .without_redis = static_cast<channels::WithoutRedis>(options.without_redis)};
}

core::TlsOptions to_internal(const TlsOptions& options) {
  core::TlsOptions internal;
  for (const Certificate& certificate : options.certificates) {
    internal.certificates.push_back({.chain = certificate.cert, .key = certificate.key});
  }
  internal.client_ca = options.client_ca;
  internal.client_certificates = static_cast<core::ClientCertificates>(options.client_certificates);
  return internal;
}

channels::Verdict to_internal(Verdict verdict) {
  return static_cast<channels::Verdict>(verdict);
}

auth::PrincipalPtr to_internal(const std::optional<Principal>& principal) {
  if (!principal) {
    return nullptr;
  }
  check(*principal);
  auth::Principal internal{
      .user = principal->user, .info = principal->info, .grants = std::nullopt, .rate_class = principal->rate_class};
  if (principal->permissions) {
    internal.grants = to_internal(*principal->permissions);
  }
  return std::make_shared<const auth::Principal>(std::move(internal));
}

Action to_public(auth::Action action) {
  return static_cast<Action>(action);
}

LogLevel to_public(core::LogLevel level) {
  return static_cast<LogLevel>(level);
}

}  // namespace sentix
