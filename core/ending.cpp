#include "core/ending.h"

#include <array>
#include <chrono>

namespace sentix::core {
namespace {

using enum Ending;
using enum LogLevel;

using Limit = std::uint64_t (*)(const Options&);

template <auto Member>
std::uint64_t count(const Options& options) {
  return static_cast<std::uint64_t>(options.*Member);
}

template <auto Member>
std::uint64_t time_ms(const Options& options) {
  return static_cast<std::uint64_t>((options.*Member).count());
}

std::uint64_t head_bytes(const Options& options) {
  return options.request.head_bytes_max;
}

constexpr std::string_view kBytes = "";  // their settings say so
constexpr std::string_view kMs = " ms";

constexpr EndingInfo plain(Ending ending, std::string_view name, std::string_view sentence, LogLevel level) {
  return {ending, name, sentence, level, {}, {}, nullptr};
}

constexpr std::array<EndingInfo, kEndingCount> kTable{{
    plain(address_denied, "address_denied", "allow and deny keep this address out", info),
    plain(proxy_not_understood, "proxy_not_understood", "a trusted proxy did not say for whom it connects", info),
    plain(bad_request, "bad_request", "the request breaks a rule of HTTP or of the WebSocket handshake", debug),
    {head_too_large, "head_too_large", "the request head is too large", debug, "max_head_bytes", kBytes, head_bytes},
    plain(unknown_path, "unknown_path", "there is nothing at this path", debug),
    plain(upgrade_required, "upgrade_required", "the request was for no WebSocket", debug),
    plain(unauthorized, "unauthorized", "the token of the request was refused", info),
    plain(origin_not_allowed, "origin_not_allowed", "pages of this origin may not connect: origins does not list it",
          info),
    {handshake_timeout, "handshake_timeout", "the request did not arrive in time", debug, "handshake_timeout", kMs,
     time_ms<&Options::handshake_timeout>},
    plain(handshake_abandoned, "handshake_abandoned", "it went away before its handshake was done", debug),
    plain(tls_failed, "tls_failed", "TLS failed", debug),
    {server_full, "server_full", "the server is full", info, "max_clients", "", count<&Options::max_clients>},
    {short_of_memory, "short_of_memory", "the server is short of memory", info, "max_resident_bytes", kBytes,
     count<&Options::max_resident_bytes>},
    {address_full, "address_full", "too many clients from one address", info, "max_clients_per_address", "",
     count<&Options::max_clients_per_address>},
    {too_many_handshakes, "too_many_handshakes", "the oldest of too many handshakes", info, "max_handshakes", "",
     count<&Options::max_handshakes>},
    plain(request_refused, "request_refused", "the request was refused", info),

    plain(closed_by_client, "closed_by_client", "the client closed", debug),
    plain(closed_by_application, "closed_by_application", "the application closed it", debug),
    plain(protocol_violation, "protocol_violation", "the client broke the WebSocket protocol", info),
    plain(unsupported_data, "unsupported_data", "a binary message, where messages are text", info),
    {message_too_large, "message_too_large", "a message is too large", info, "max_message_bytes", kBytes,
     count<&Options::max_message_bytes>},
    plain(not_authenticated, "not_authenticated", "the client did not prove who it is", info),
    plain(credentials_expired, "credentials_expired", "token expired", info),
    plain(forbidden, "forbidden", "the client may not be here", info),
    {authentication_timeout, "authentication_timeout", "not authenticated in time", info, "auth.timeout", kMs,
     time_ms<&Options::authentication_timeout>},
    plain(rate_limited, "rate_limited", "the client was faster than it may be", info),
    plain(over_capacity, "over_capacity", "there was no room for this client", info),
    {slow_reader, "slow_reader", "too slow a reader: too much waited to be sent", info, "outbox_hard_bytes", kBytes,
     count<&Options::outbox_hard_bytes>},
    {no_pong, "no_pong", "no answer to a ping", info, "pong_timeout", kMs, time_ms<&Options::pong_timeout>},

    {stalled, "stalled", "it took nothing of what was waiting for it", info, "stall_timeout", kMs,
     time_ms<&Options::stall_timeout>},
    plain(lost, "lost", "the connection was lost", debug),
    plain(going_away, "going_away", "this server is going away", debug),
    plain(failed, "failed", "the server failed to serve it", info),
}};

constexpr bool rows_stand_where_their_enumerator_says() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    const EndingInfo& row = kTable[i];
    if (static_cast<std::size_t>(row.ending) != i || row.name.empty()) return false;
  }
  return true;
}
static_assert(rows_stand_where_their_enumerator_says());

}  // namespace

const EndingInfo& describe(Ending ending) {
  return kTable[static_cast<std::size_t>(ending)];
}

std::string limit_text(const EndingInfo& info, const Options& options) {
  return info.limit == nullptr ? std::string() : std::to_string(info.limit(options)) + std::string(info.unit);
}

std::string limit_clause(Ending ending, const Options& options) {
  const EndingInfo& info = describe(ending);
  return info.limit == nullptr ? std::string() : ": " + std::string(info.setting) + " is " + limit_text(info, options);
}

Ending ending_of(protocol::Refusal refusal) {
  using protocol::Refusal;
  switch (refusal) {
    case Refusal::unknown_path:
      return unknown_path;
    case Refusal::upgrade_required:
      return upgrade_required;
    case Refusal::unauthenticated:
      return unauthorized;
    case Refusal::origin_not_allowed:
      return origin_not_allowed;
    case Refusal::handshake_timeout:
      return handshake_timeout;
    case Refusal::tls_required:
      return tls_failed;
    case Refusal::too_many_requests:
      return address_full;
    case Refusal::over_capacity:
      return server_full;
    case Refusal::short_of_memory:
      return short_of_memory;
    case Refusal::going_away:
      return going_away;
    case Refusal::bad_forwarded_header:
      return proxy_not_understood;
    case Refusal::cannot_judge:
    case Refusal::forbidden:
      return request_refused;
    default:
      return protocol::describe(refusal).status == 431 ? head_too_large : bad_request;
  }
}

Ending ending_of(protocol::CloseCode code) {
  using protocol::CloseCode;
  switch (code) {
    case CloseCode::unsupported_data:
      return unsupported_data;
    case CloseCode::internal_error:
      return failed;
    case CloseCode::not_authenticated:
      return not_authenticated;
    case CloseCode::forbidden:
      return forbidden;
    case CloseCode::over_capacity:
      return over_capacity;
    case CloseCode::slow_reader:
      return slow_reader;
    case CloseCode::rate_limited:
      return rate_limited;
    case CloseCode::authentication_timeout:
      return authentication_timeout;
    case CloseCode::server_leaving:
      return going_away;
    case CloseCode::no_pong:
      return no_pong;
    default:
      return closed_by_application;
  }
}

}  // namespace sentix::core
