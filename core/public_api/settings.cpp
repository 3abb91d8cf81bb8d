// The setters of sentix::Server: each checks its value, and notes it for start().
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "auth/rate_limit.h"
#include "core/arguments.h"
#include "core/public_api/conversions.h"
#include "core/public_api/server_impl.h"
#include "core/remote_broker.h"
#include "sentix/server.h"

namespace sentix {

namespace {

using std::chrono::milliseconds;

std::size_t not_zero(const char* setting, std::size_t value) {
  core::require(value > 0, std::string(setting) + " is 0, and nothing would work");
  return value;
}

milliseconds not_zero(const char* setting, milliseconds value) {
  core::require(value.count() > 0, std::string(setting) + " is not more than 0, and nothing would work");
  return value;
}

milliseconds not_negative(const char* setting, milliseconds value) {
  core::require(value.count() >= 0, std::string(setting) + " is negative");
  return value;
}

}  // namespace

Server& Server::require_authentication(bool required) {
  impl_->settings().policy.auth_enabled = required;
  return *this;
}

Server& Server::set_origins(std::vector<std::string> origins) {
  impl_->settings().origins = std::move(origins);
  return *this;
}

Server& Server::set_tls(std::string cert, std::string key) {
  return set_tls({.certificates = {{.cert = std::move(cert), .key = std::move(key)}}});
}

Server& Server::set_tls(const TlsOptions& options) {
  core::require(!options.certificates.empty(), "TLS needs a certificate and its key");
  const bool judges = !options.client_ca.empty();
  core::require(options.client_certificates == ClientCertificates::off || judges,
                "client certificates are judged by the authorities of client_ca, which is empty");
  impl_->settings().tls = to_internal(options);
  return *this;
}

Server& Server::set_data_dir(std::string folder) {
  impl_->settings().data_dir = std::move(folder);
  return *this;
}

Server& Server::set_redis(std::string url, std::string prefix) {
  core::RedisOptions redis = impl_->settings().redis;
  redis.url = std::move(url);
  redis.prefix = std::move(prefix);
  core::require_redis(redis);
  impl_->settings().redis = std::move(redis);
  return *this;
}

Server& Server::set_redis_tls(std::string ca, std::string certificate, std::string key) {
  impl_->settings().redis.tls = {.ca = std::move(ca), .certificate = {std::move(certificate), std::move(key)}};
  return *this;
}

Server& Server::set_redis_sync(unsigned replicas, std::chrono::milliseconds timeout) {
  core::require_redis_sync(replicas, timeout);
  core::RedisOptions& redis = impl_->settings().redis;
  redis.sync_replicas = replicas;
  redis.sync_timeout = timeout;
  return *this;
}

Server& Server::set_node(std::string id, std::string advertise) {
  core::require(advertise.empty() || core::is_node_url(advertise), "advertise is no URL of a WebSocket: " + advertise);
  core::RedisOptions& redis = impl_->settings().redis;
  redis.node_id = std::move(id);
  redis.advertise = std::move(advertise);
  return *this;
}

Server& Server::set_deflate(bool enabled) {
  impl_->settings().deflate.enabled = enabled;
  return *this;
}

Server& Server::set_admin(std::string address, std::string token) {
  core::require(core::parse_admin_address(address).has_value(), "admin is " + address + ", which is not HOST:PORT");
  impl_->settings().admin.address = std::move(address);
  impl_->settings().admin.token = std::move(token);
  return *this;
}

// --- How many -------------------------------------------------------------------------------------------------------

Server& Server::set_workers(unsigned workers) {
  core::require(workers >= 1 && workers <= core::kWorkersMax, "there are 1 to 255 workers");
  impl_->settings().workers = workers;
  return *this;
}

Server& Server::set_max_clients(std::size_t clients) {
  impl_->settings().max_clients = clients;
  return *this;
}

Server& Server::set_max_clients_per_address(std::size_t clients) {
  impl_->settings().max_clients_per_address = clients;
  return *this;
}

Server& Server::set_max_handshakes(std::size_t connections) {
  impl_->settings().max_handshakes = not_zero("max_handshakes", connections);
  return *this;
}

Server& Server::set_max_channels(std::size_t channels) {
  impl_->settings().channels_max = not_zero("max_channels", channels);
  return *this;
}

Server& Server::set_max_history_bytes(std::size_t bytes) {
  impl_->settings().history_bytes_max = not_zero("max_history_bytes", bytes);
  return *this;
}

Server& Server::set_max_subscriptions(std::size_t channels) {
  impl_->settings().policy.subscriptions_max = not_zero("max_subscriptions", channels);
  return *this;
}

Server& Server::set_command_rate(std::uint32_t per_second, std::uint32_t burst) {
  impl_->settings().policy.command_rate = {.units = per_second, .burst = burst};
  return *this;
}

Server& Server::set_rate_limit(std::string_view name, std::string_view limit, std::string_view rate_class) {
  const auto key = auth::find_limit(name);
  core::require(key.has_value(), "\"" + std::string(name) + "\" is no rate limit, such as messages_per_connection");
  const auto parsed = auth::parse_rate_limit(limit);
  core::require(parsed.has_value(), std::string(name) + " is \"" + std::string(limit) +
                                        "\", which is no limit such as 100/s, 10/m burst 20 close, or off");
  auth::RateLimitOptions& rates = impl_->settings().rates;
  if (rate_class.empty()) {
    rates.of(key->quantity, key->scope) = *parsed;
    return *this;
  }
  core::require(auth::is_class_limit(key->quantity, key->scope),
                std::string(name) + " is no limit of a class: those are of connections and users");
  core::require(auth::valid_rate_class(rate_class), "a rate class's name has 1 to 32 characters of A-Z a-z 0-9 _ -");
  core::require(rates.classes.size() < auth::kRateClassesMax || rates.classes.contains(rate_class),
                "there can be " + std::to_string(auth::kRateClassesMax) + " rate classes");
  rates.classes[std::string(rate_class)].of(key->quantity, key->scope) = *parsed;
  return *this;
}

// --- How large ------------------------------------------------------------------------------------------------------

Server& Server::set_max_message_bytes(std::size_t bytes) {
  impl_->settings().max_message_bytes = not_zero("max_message_bytes", bytes);
  return *this;
}

Server& Server::set_outbox_bytes(std::size_t bytes) {
  impl_->settings().outbox_hard_bytes = bytes;
  return *this;
}

// --- How long -------------------------------------------------------------------------------------------------------

Server& Server::set_ping_interval(milliseconds silence) {
  impl_->settings().ping_interval = not_negative("ping_interval", silence);
  return *this;
}

Server& Server::set_pong_timeout(milliseconds silence) {
  impl_->settings().pong_timeout = not_zero("pong_timeout", silence);
  return *this;
}

Server& Server::set_handshake_timeout(milliseconds time) {
  impl_->settings().handshake_timeout = not_zero("handshake_timeout", time);
  return *this;
}

Server& Server::set_authentication_timeout(milliseconds time) {
  impl_->settings().authentication_timeout = not_zero("authentication_timeout", time);
  return *this;
}

Server& Server::set_drain_window(milliseconds time) {
  impl_->settings().drain_window = not_negative("drain_window", time);
  return *this;
}

// --- What else ------------------------------------------------------------------------------------------------------

Server& Server::set_page(std::string html, std::string content_security_policy) {
  impl_->settings().page = std::move(html);
  impl_->settings().page_policy = std::move(content_security_policy);
  return *this;
}

Server& Server::set_log(const LogSink& sink) {
  impl_->set_log(sink);
  return *this;
}

Server& Server::enable_debug(bool enabled) {
  impl_->settings().debug = enabled;
  return *this;
}

}  // namespace sentix
