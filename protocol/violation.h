#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/close_code.h"

namespace sentix::protocol {

// Every way in which a peer can break the framing of RFC 6455 or our limits on sizes. After a violation nothing that
// the peer sent is looked at any more: the connection is failed (RFC 6455 §7.1.7) with the violation's close code.
enum class Violation : std::uint8_t {
  reserved_bits,
  reserved_opcode,
  unmasked_frame,
  masked_frame,
  length_not_minimal,
  length_over_63_bits,
  control_fragmented,
  control_too_long,
  continuation_of_nothing,
  message_inside_message,
  frame_too_large,
  message_too_large,
  text_not_utf8,
  close_payload_of_one_byte,
  close_code_not_allowed,
  close_reason_not_utf8,
  bad_compressed_data,
};

// A row of the table of violations.
struct ViolationInfo {
  Violation violation;
  std::string_view text;     // a sentence for logs and for the reason of the close frame; at most 123 bytes
  std::string_view section;  // of RFC 6455, unless it names another
  CloseCode close_code;
};

// The table, ordered as the enum.
std::span<const ViolationInfo> violations();

const ViolationInfo& info(Violation violation);

}  // namespace sentix::protocol
