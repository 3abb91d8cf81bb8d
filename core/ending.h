#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/log.h"
#include "core/options.h"
#include "protocol/close_code.h"
#include "protocol/refusal.h"

namespace sentix::core {

// Every kind of reason for which a connection ends, be it a client's or that of a stranger who was turned away. One
// enumerator is one name under which ends are logged, counted (`sentix_connections_ended_total`) and looked up
// afterwards; what exactly was wrong is the detail of one end, such as the sentence of a protocol::Violation.
//
// The order is that of the table (ending.cpp), which says of each which setting's limit it met, if any.
enum class Ending : std::uint8_t {
  // Of strangers, who never became clients: an HTTP status is what they were told, where they could be told anything.
  address_denied,
  proxy_not_understood,
  bad_request,
  head_too_large,
  unknown_path,
  upgrade_required,
  unauthorized,
  origin_not_allowed,
  handshake_timeout,
  handshake_abandoned,
  tls_failed,
  server_full,
  short_of_memory,
  address_full,
  too_many_handshakes,
  request_refused,
  // Of clients: a close code is.
  closed_by_client,
  closed_by_application,
  protocol_violation,
  unsupported_data,
  message_too_large,
  not_authenticated,
  credentials_expired,
  forbidden,
  authentication_timeout,
  rate_limited,
  over_capacity,
  slow_reader,
  no_pong,
  // Of either.
  stalled,
  lost,
  going_away,
  failed,
};

inline constexpr std::size_t kEndingCount = static_cast<std::size_t>(Ending::failed) + 1;

struct EndingInfo {
  Ending ending;
  std::string_view name;                           // never another one: boards and scripts know it
  std::string_view sentence;                       // for a person
  LogLevel level;                                  // of its line in the log: debug where all is as it should be
  std::string_view setting;                        // whose limit was met; empty where none was
  std::string_view unit;                           // of the limit, where the setting does not name it: " ms"
  std::uint64_t (*limit)(const Options& options);  // null where there is no setting
};

const EndingInfo& describe(Ending ending);

// ": pong_timeout is 20000 ms", to be put behind a sentence; empty where no limit was met.
std::string limit_clause(Ending ending, const Options& options);

// "20000 ms", "1048576": the limit that was met, as it is now; empty where none was.
std::string limit_text(const EndingInfo& info, const Options& options);

// What kind of end a refusal and a close code stand for, where nothing more is known.
Ending ending_of(protocol::Refusal refusal);
Ending ending_of(protocol::CloseCode code);

// One end, on its way to the log, the counters and the list of last ones. Borrows for the call.
struct End {
  Ending ending;
  std::uint16_t code = 0;        // the close code or HTTP status that was given; 0: neither was
  std::string_view detail = {};  // what exactly; empty: Ending's sentence says all
};

}  // namespace sentix::core
