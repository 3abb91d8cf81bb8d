#include "protocol/violation.h"

#include <array>
#include <cstddef>

namespace sentix::protocol {
namespace {

using enum Violation;

constexpr std::array kViolations{
    ViolationInfo{reserved_bits, "a reserved bit is set without an extension that defines it", "5.2",
                  CloseCode::protocol_error},
    ViolationInfo{reserved_opcode, "the opcode is reserved", "5.2", CloseCode::protocol_error},
    ViolationInfo{unmasked_frame, "a client must mask its frames", "5.1", CloseCode::protocol_error},
    ViolationInfo{masked_frame, "a server must not mask its frames", "5.1", CloseCode::protocol_error},
    ViolationInfo{length_not_minimal, "the length is not encoded in as few bytes as possible", "5.2",
                  CloseCode::protocol_error},
    ViolationInfo{length_over_63_bits, "the highest bit of a 64-bit length is set", "5.2", CloseCode::protocol_error},
    ViolationInfo{control_fragmented, "a control frame must not be fragmented", "5.5", CloseCode::protocol_error},
    ViolationInfo{control_too_long, "a control frame carries at most 125 bytes", "5.5", CloseCode::protocol_error},
    ViolationInfo{continuation_of_nothing, "a continuation frame without a message to continue", "5.4",
                  CloseCode::protocol_error},
    ViolationInfo{message_inside_message, "a new message before the fragmented one has ended", "5.4",
                  CloseCode::protocol_error},
    ViolationInfo{frame_too_large, "the frame is larger than this end accepts", "10.4", CloseCode::message_too_big},
    ViolationInfo{message_too_large, "the message is larger than this end accepts", "10.4", CloseCode::message_too_big},
    ViolationInfo{text_not_utf8, "a text message is not valid UTF-8", "8.1", CloseCode::invalid_payload},
    ViolationInfo{close_payload_of_one_byte, "the payload of a close frame is a single byte", "5.5.1",
                  CloseCode::protocol_error},
    ViolationInfo{close_code_not_allowed, "a close frame must not carry this code", "7.4", CloseCode::protocol_error},
    ViolationInfo{close_reason_not_utf8, "the reason of a close frame is not valid UTF-8", "5.5.1",
                  CloseCode::invalid_payload},
    ViolationInfo{bad_compressed_data, "a compressed message cannot be decompressed", "RFC 7692 7.2.2",
                  CloseCode::invalid_payload},
};

}  // namespace

std::span<const ViolationInfo> violations() {
  return kViolations;
}

const ViolationInfo& info(Violation violation) {
  return kViolations[static_cast<std::size_t>(violation)];
}

}  // namespace sentix::protocol
