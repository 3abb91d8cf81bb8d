#include "core/option_rules.h"

#include <algorithm>

#include "core/arguments.h"
#include "core/listening_socket.h"
#include "core/remote_broker.h"

namespace sentix::core {

void require_durable(const std::string& name, const channels::ChannelOptions& options, const Options& server) {
  if (options.durability == channels::Durability::memory) {
    return;
  }
  require(options.lasts(), "the channel " + name + " is durable: that is for persistent channels with a history");
  if (server.redis.enabled()) {
    require(options.synced(), "the channel " + name + " is on Redis: its durability is memory or synced");
    return;
  }
  require(!server.data_dir.empty(), "the channel " + name + " is durable: that needs a data directory, data_dir");
}

void require_nothing_kept_locally(const std::string& name, const channels::ChannelOptions& options) {
  require(options.without_redis == channels::WithoutRedis::refuse || !options.keeps_history(),
          "the channel " + name + " has without_redis = local: that is for channels without a history, whose offsets " +
              "would be given twice");
}

Options checked(Options options) {
  require(options.workers >= 1 && options.workers <= kWorkersMax,
          "workers is " + std::to_string(options.workers) + ", but there can be 1 to " + std::to_string(kWorkersMax));
  require(options.max_message_bytes > 0, "max_message_bytes is 0: no message would fit");
  require(options.max_handshakes > 0, "max_handshakes is 0: nobody could connect");
  require(!options.policy.auth_enabled || options.policy.authenticator != nullptr || options.webhook.enabled() ||
              options.tls.asks_clients(),
          "auth is enabled, but there is nobody to judge credentials: configure users or an authenticator");
  require(!options.tls.asks_clients() || !options.tls.client_ca.empty(),
          "client certificates are asked for, but client_ca names no authorities to judge them by");
  require(!options.tls.enabled() || !is_unix_path(options.host),
          "host is " + options.host + ", and TLS is for TCP: who may open the socket is a matter of its mode");
  if (options.redis.enabled()) {
    require_redis(options.redis);
    require(options.redis.advertise.empty() || is_node_url(options.redis.advertise),
            "advertise is no URL of a WebSocket, such as wss://node-1.example.com/ws");
    require(options.data_dir.empty(), "channels are stored in data_dir or in Redis: both are set");
  }
  for (const auto& [name, channel_options] : options.channels) {
    require_durable(name, channel_options, options);
    require_nothing_kept_locally(name, channel_options);
  }
  require(!options.admin.enabled() || parse_admin_address(options.admin.address),
          "admin is " + options.admin.address + ", which is not HOST:PORT");
  require(!options.admin.enabled() || options.service == Service::channels, "admin is for servers with channels");
  options.outbox_hard_bytes = std::max(options.outbox_hard_bytes, 2 * options.max_message_bytes);
  return options;
}

}  // namespace sentix::core
