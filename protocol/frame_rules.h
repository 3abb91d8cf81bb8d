#pragma once

#include <cstdint>
#include <optional>

#include "protocol/frame_header.h"
#include "protocol/violation.h"

namespace sentix::protocol {

// Which side of the connection this end is: a server requires masked frames, a client forbids them (RFC 6455 §5.1).
enum class Role : std::uint8_t { server, client };

class BufferPool;

// Sizes a peer may send, in bytes of payload. They are compared with what headers announce, before anything is
// buffered. And where large messages have their memory from, if not from malloc.
struct ReaderLimits {
  std::size_t frame_bytes_max;
  std::size_t message_bytes_max;
  BufferPool* memory = nullptr;
};

// What the rules need to know besides the header itself.
struct FrameContext {
  Role role;
  bool compression;           // permessage-deflate was negotiated
  bool inside_message;        // a fragmented message has begun and its last frame has not come yet
  bool compressed;            // and that message is compressed
  std::size_t message_bytes;  // payload that its frames brought so far
  const ReaderLimits& limits;
};

// The bit that RFC 7692 §6 defines, of FrameHeader::rsv.
inline constexpr std::uint8_t kRsv1 = 4;

// How large the compressed form of a message of `size_max` bytes may be: what does not compress becomes a little
// larger.
constexpr std::uint64_t compressed_bytes_max(std::uint64_t size_max) {
  const std::uint64_t larger = size_max + size_max / 64 + 64;
  return larger > size_max ? larger : size_max;
}

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

// RFC 7692 §6: the first frame of a message tells by RSV1 that the message is compressed.
inline bool begins_compressed(const FrameHeader& header, const FrameContext& context) {
  return context.compression && header.rsv == kRsv1 &&
         (header.opcode == Opcode::text || header.opcode == Opcode::binary);
}

// §10.4: sizes are bounded. Written so that nothing overflows, whatever the peer announces.
inline std::optional<Violation> exceeded_size(const FrameHeader& header, const FrameContext& context,
                                              std::uint64_t frame_bytes_max, std::uint64_t message_bytes_max) {
  if (header.payload_length > frame_bytes_max) {
    return Violation::frame_too_large;
  }
  if (header.payload_length > message_bytes_max || context.message_bytes > message_bytes_max - header.payload_length) {
    return Violation::message_too_large;
  }
  return std::nullopt;
}

inline std::optional<Violation> check_size(const FrameHeader& header, const FrameContext& context) {
  const ReaderLimits& limits = context.limits;
  const auto violation = exceeded_size(header, context, limits.frame_bytes_max, limits.message_bytes_max);
  const bool compressed = header.rsv != 0 || context.compressed;
  if (!violation || !compressed) [[likely]] {
    return violation;
  }
  return exceeded_size(header, context, compressed_bytes_max(limits.frame_bytes_max),
                       compressed_bytes_max(limits.message_bytes_max));
}

}  // namespace frame_rules_detail

inline std::optional<Violation> check_frame(const FrameHeader& header, const FrameContext& context) {
  // §5.2: reserved bits are zero unless a negotiated extension gives them a meaning.
  if (header.rsv != 0 && !frame_rules_detail::begins_compressed(header, context)) {
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
