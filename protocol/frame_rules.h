#pragma once

#include <cstdint>
#include <optional>

#include "protocol/frame_header.h"
#include "protocol/violation.h"

namespace sentix::protocol {

// Which side of the connection this end is: a server requires masked frames, a client forbids them (RFC 6455 §5.1).
enum class Role : std::uint8_t { server, client };

// Sizes a peer may send, in bytes of payload. They are compared with what headers announce, before anything is
// buffered.
struct ReaderLimits {
  std::size_t frame_bytes_max;
  std::size_t message_bytes_max;
};

// What the rules need to know besides the header itself.
struct FrameContext {
  Role role;
  bool inside_message;        // a fragmented message has begun and its last frame has not come yet
  std::size_t message_bytes;  // payload that its frames brought so far
  const ReaderLimits& limits;
};

// Holds one header against RFC 6455 and the limits: the first rule that it breaks, in the order of the wire, if any.
std::optional<Violation> check_frame(const FrameHeader& header, const FrameContext& context);

// --- Checking is on the path of every frame, so it can be inlined there.
// -------------------------------------------------------------

namespace frame_rules_detail {

// §5.5: what a control frame may be.
inline std::optional<Violation> check_control(const FrameHeader& header) {
  if (!header.fin) {
    return Violation::control_fragmented;
  }
  if (header.payload_length > kControlPayloadMax) {
    return Violation::control_too_long;
  }
  return std::nullopt;
}

// §10.4: sizes are bounded. Written so that nothing overflows, whatever the peer announces.
inline std::optional<Violation> check_size(const FrameHeader& header, const FrameContext& context) {
  if (header.payload_length > context.limits.frame_bytes_max) {
    return Violation::frame_too_large;
  }
  const std::uint64_t message_bytes_max = context.limits.message_bytes_max;
  if (header.payload_length > message_bytes_max || context.message_bytes > message_bytes_max - header.payload_length) {
    return Violation::message_too_large;
  }
  return std::nullopt;
}

}  // namespace frame_rules_detail

inline std::optional<Violation> check_frame(const FrameHeader& header, const FrameContext& context) {
  // §5.2: reserved bits are zero unless a negotiated extension gives them a meaning. One that does is asked here.
  if (header.rsv != 0) {
    return Violation::reserved_bits;
  }
  // §5.1: a client masks every frame, a server none.
  if (header.masked != (context.role == Role::server)) {
    return header.masked ? Violation::masked_frame : Violation::unmasked_frame;
  }
  // §5.2: the minimal number of bytes encodes the length, and the highest bit of 64 is zero.
  if (header.payload_length >> 63 != 0) {
    return Violation::length_over_63_bits;
  }
  if (header.size != frame_header_size(header.payload_length, header.masked)) {
    return Violation::length_not_minimal;
  }
  switch (header.opcode) {
    case Opcode::continuation:  // §5.4
      if (!context.inside_message) {
        return Violation::continuation_of_nothing;
      }
      return frame_rules_detail::check_size(header, context);
    case Opcode::text:  // §5.4: messages do not interleave
    case Opcode::binary:
      if (context.inside_message) {
        return Violation::message_inside_message;
      }
      return frame_rules_detail::check_size(header, context);
    case Opcode::close:  // §5.5: also in the middle of a fragmented message
    case Opcode::ping:
    case Opcode::pong:
      return frame_rules_detail::check_control(header);
  }
  return Violation::reserved_opcode;  // §5.2: the ten others
}

}  // namespace sentix::protocol
