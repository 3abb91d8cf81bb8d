#include "core/configuration.h"

#include <utility>

namespace sentix::core {

namespace {

protocol::HandshakePolicy handshake_policy(const Options& options) {
  protocol::HandshakePolicy policy;
  policy.allowed_origins = options.origins;
  if (options.deflate.enabled) {
    policy.deflate = options.deflate.policy;
  }
  if (options.service == Service::echo) {
    policy.subprotocols.clear();
  }
  return policy;
}

}  // namespace

Configuration::Configuration(Options given)
    : options(std::move(given)),
      handshake(handshake_policy(options)),
      admission{.clients = options.max_clients,
                .clients_per_address = options.max_clients_per_address,
                .handshakes = options.max_handshakes} {}

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
  options.admin = started.admin;
  options.log = started.log;
  if (options.tls.enabled() != started.tls.enabled()) {
    options.tls = started.tls;
  }
}

}  // namespace sentix::core
