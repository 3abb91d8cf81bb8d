#include "core/configuration.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/arguments.h"
#include "protocol/origin.h"

namespace sentix::core {

namespace {

constexpr const char* kUnix = "unix";

std::vector<auth::Network> networks(const char* setting, const std::vector<std::string>& texts) {
  std::vector<auth::Network> result;
  for (const std::string& text : texts) {
    std::string error;
    const auto network = auth::parse_network(text, error);
    require(network.has_value(), std::string(setting).append(": \"").append(text).append("\" ").append(error));
    result.push_back(*network);
  }
  return result;
}

std::vector<std::string> without_unix(std::vector<std::string> texts) {
  std::erase(texts, kUnix);
  return texts;
}

// A browser shows the certificate and the cookies of its user to whatever page makes it connect; where they tell who
// that is, only pages of this host may, unless others are listed.
protocol::HandshakePolicy handshake_policy(const Options& options) {
  protocol::HandshakePolicy policy;
  for (const std::string& origin : options.origins) {
    require(protocol::is_origin_rule(origin), "origins: \"" + origin + "\" is no origin such as https://example.com");
  }
  policy.allowed_origins = options.origins;
  policy.same_origin = options.tls.asks_clients() || (options.webhook.enabled() && !options.webhook.headers.empty());
  if (options.deflate.enabled) {
    policy.deflate = options.deflate.policy;
  }
  if (options.service == Service::echo) {
    policy.subprotocols.clear();
  }
  return policy;
}

std::shared_ptr<auth::RateLimits> rate_limits(const Options& options, const Configuration* before) {
  if (!options.rates.any()) {
    return nullptr;
  }
  if (before != nullptr && before->options.rates == options.rates) {
    return before->rates;
  }
  auth::KeyedHash::Key key{};
  std::random_device random;
  for (std::uint64_t& half : key) {
    half = std::uint64_t{random()} << 32 | random();
  }
  return std::make_shared<auth::RateLimits>(options.rates, key);
}

}  // namespace

Configuration::Configuration(Options given, const Configuration* before)
    : options(std::move(given)),
      handshake(handshake_policy(options)),
      admission{.clients = options.max_clients,
                .clients_per_address = options.max_clients_per_address,
                .handshakes = options.max_handshakes,
                .resident_bytes = options.max_resident_bytes},
      addresses(networks("allow", options.allow), networks("deny", options.deny)),
      proxies(auth::AddressRules::only(networks("trusted_proxies", without_unix(options.trusted_proxies)))),
      trusts_unix_sockets(std::count(options.trusted_proxies.begin(), options.trusted_proxies.end(), kUnix) > 0),
      rates(rate_limits(options, before)) {}

bool Configuration::admits(const Address& address) const {
  return address.family != Address::Family::ip || addresses.admits(address.ip) || proxies.admits(address.ip);
}

bool Configuration::trusts(const Address& address) const {
  return address.family == Address::Family::unix_socket
             ? trusts_unix_sockets
             : address.family == Address::Family::ip && proxies.admits(address.ip);
}

void keep_what_a_start_sets(const Options& started, Options& options) {
  options.service = started.service;
  options.host = started.host;
  options.port = started.port;
  options.reuse_port = started.reuse_port;
  options.workers = started.workers;
  options.history_bytes_max = started.history_bytes_max;
  options.closes_kept = started.closes_kept;
  options.data_dir = started.data_dir;
  options.storage_bytes = started.storage_bytes;
  options.redis = started.redis;
  options.admin = started.admin;
  options.log = started.log;
  if (options.tls.enabled() != started.tls.enabled()) {
    options.tls = started.tls;
  }
}

}  // namespace sentix::core
