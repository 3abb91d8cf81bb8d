#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "auth/rate_limit.h"
#include "channels/channel_options.h"
#include "channels/dispatcher.h"
#include "core/admin/admin_options.h"
#include "core/log.h"
#include "core/redis_options.h"
#include "core/tls/tls_options.h"
#include "core/webhook/webhook_options.h"
#include "protocol/deflate/deflater.h"
#include "protocol/deflate/negotiation.h"
#include "protocol/forwarded.h"
#include "protocol/request_parser.h"

namespace sentix::core {

// What becomes of the messages that arrive.
enum class Service : std::uint8_t {
  channels,  // sentix protocol 1: channels, commands and events
  echo,      // every text or binary message comes back
};

// Compression of messages with clients that offer it (RFC 7692).
struct DeflateOptions {
  bool enabled = true;
  std::size_t min_bytes = 256;     // shorter messages are sent as they are
  protocol::DeflateEffort effort;  // of what is sent
  protocol::DeflatePolicy policy;
};

inline constexpr unsigned kWorkersMax = 255;  // a connection's id has eight bits for its worker

// Everything that can be set about a server. Constant once it runs.
struct Options {
  Service service = Service::channels;

  // Where it listens. `host` is an IPv4 or IPv6 address, a host name, or "unix:/path"; port 0 takes a free one.
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  bool reuse_port = false;  // do not insist on being alone on the port: for a planned hand-over
  unsigned workers = 1;     // threads, each with a loop and a listening socket of its own
  TlsOptions tls;           // without certificates: none

  // How many.
  std::size_t max_clients = 1000;      // upgraded connections over all workers; 0: no limit. More are refused with 503
  std::size_t max_handshakes = 16384;  // connections that are no clients, over all workers: shaking hands, or answered;
                                       // the oldest of the worker that one too many comes to goes
  std::size_t max_clients_per_address =
      0;  // upgraded connections from one address, or one /64 of IPv6; 0: no limit. More are refused with 429

  std::size_t max_resident_bytes = 0;  // of memory that the process has; 0: no limit. Above it clients are refused with
                                       // 503, those that are there stay

  auth::RateLimitOptions rates;  // what clients may do over time; none is set, and those that are not set cost nothing

  // How long.
  std::chrono::milliseconds handshake_timeout = std::chrono::seconds(10);       // for the whole request head; then 408
  std::chrono::milliseconds authentication_timeout = std::chrono::seconds(10);  // also for an authenticator; then 4108
  std::chrono::milliseconds ping_interval = std::chrono::seconds(30);           // of silence before a ping; 0: never
  std::chrono::milliseconds pong_timeout = std::chrono::seconds(20);            // of silence after it; then 4201
  std::chrono::milliseconds close_timeout = std::chrono::seconds(5);            // for the peer's part of closing
  std::chrono::milliseconds stall_timeout = std::chrono::seconds(30);  // a peer that takes nothing of what is waiting
  std::chrono::milliseconds drain_window = std::chrono::seconds(5);  // over which a stopping server closes its clients

  // How large.
  std::size_t max_message_bytes = 1 << 20;  // of one message, over all its fragments; more is closed with 1009
  std::size_t outbox_soft_bytes = 1 << 20;  // waiting for one client: above it that client is not read from
  std::size_t outbox_hard_bytes =
      16 << 20;                          // above it publications close it with 4101; at least twice max_message_bytes
  std::size_t mailbox_bytes = 64 << 20;  // waiting for one worker: above it publishers are not read from
  protocol::RequestLimits request;       // of one request head; more is refused with 431
  DeflateOptions deflate;

  // From where. Networks as auth/network.h reads them.
  std::vector<std::string> allow;  // who may connect; empty: everybody
  std::vector<std::string> deny;   // who may not; of the networks an address lies in the most specific decides
  std::vector<std::string>
      trusted_proxies;          // who may say for whom they connect; "unix" is whoever comes by a Unix socket
  bool proxy_protocol = false;  // trusted proxies begin every connection with a PROXY header
  protocol::ForwardedHeader forwarded_header = protocol::ForwardedHeader::x_forwarded_for;  // that they write

  // Who.
  std::vector<std::string> origins;  // that browsers may connect from, as "https://example.com"; empty: any, but where
                                     // TLS certificates or headers may tell clients, only pages of this host
  channels::Policy policy;
  WebhookOptions webhook;  // asked where the policy's authenticator does not say yes; without a URL: nobody is

  // What.
  std::vector<std::pair<std::string, channels::ChannelOptions>> channels;  // by exact name or pattern
  std::size_t channels_max = 100'000;  // that exist at one time; more are refused with limit_exceeded
  std::size_t history_bytes_max =
      std::size_t{1} << 30;  // that all histories take together: above it a channel that publishes keeps less

  std::string data_dir;                  // the folder of durable channels; empty: none can be
  std::size_t storage_bytes = 64 << 20;  // waiting to be stored: above it publishers are not read from

  RedisOptions redis;  // that joins several servers; without a URL this one is alone, and data_dir may be set

  // What a browser gets at `/`: an HTML document and its Content-Security-Policy. Empty: 426.
  std::string page;
  std::string page_policy;

  std::size_t closes_kept = 0;  // of the last ends of clients, and as many of strangers (LastEnds); 0: none

  // What /api/settings tells of the settings, as JSON, without secrets. Empty: nothing.
  std::string settings_in_force;

  AdminOptions admin;  // without an address: none

  LogSink log;         // may be empty
  bool debug = false;  // also log what happens to each connection
};

}  // namespace sentix::core
