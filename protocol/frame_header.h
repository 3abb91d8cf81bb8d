#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "protocol/mask.h"
#include "protocol/opcode.h"

namespace sentix::protocol {

// The length field of a frame (RFC 6455 §5.2): seven bits hold a length up to 125, or announce 16 or 64 bits that
// follow.
inline constexpr std::uint64_t kShortLengthMax = 125;
inline constexpr std::uint8_t kLengthIn16Bits = 126;
inline constexpr std::uint8_t kLengthIn64Bits = 127;
inline constexpr std::uint64_t kMediumLengthMax = 0xFFFF;
inline constexpr std::uint64_t kControlPayloadMax = 125;  // §5.5

// Two bytes, a length of eight, a masking key of four. A server's frames have no key.
inline constexpr std::size_t kFrameHeaderBytesMax = 14;
inline constexpr std::size_t kServerFrameHeaderBytesMax = 10;

// What the first bytes of a frame say, bit for bit (RFC 6455 §5.2). It is syntax alone: whether the values are allowed
// is asked of check_frame() in frame_rules.h.
struct FrameHeader {
  bool fin = true;
  std::uint8_t rsv = 0;  // three bits, RSV1 the highest
  Opcode opcode = Opcode::continuation;
  bool masked = false;
  std::uint8_t size = 0;  // bytes of the header itself; set by decoding, ignored by encoding
  MaskingKey key{};       // zeros where not masked
  std::uint64_t payload_length = 0;

  bool operator==(const FrameHeader&) const = default;
};

// Bytes of the header of a frame whose length is encoded as §5.2 demands, in as few bytes as possible.
constexpr std::size_t frame_header_size(std::uint64_t payload_length, bool masked) {
  const std::size_t length_bytes = payload_length <= kShortLengthMax ? 0 : payload_length <= kMediumLengthMax ? 2 : 8;
  return 2 + length_bytes + (masked ? sizeof(MaskingKey) : 0);
}

// Decodes the header at the front of `input` into `header` and returns its size; or returns 0 where it has not arrived
// whole, with `header` untouched. It never fails otherwise. Nothing is consumed.
std::size_t decode_frame_header(std::span<const std::byte> input, FrameHeader& header);

// The size of a header, told by its second byte.
constexpr std::size_t announced_header_size(std::byte second) {
  const auto length = std::to_integer<std::uint8_t>(second & std::byte{0x7F});
  const std::size_t length_bytes = length <= kShortLengthMax ? 0 : length == kLengthIn16Bits ? 2 : 8;
  const bool masked = (second & std::byte{0x80}) != std::byte{0};
  return 2 + length_bytes + (masked ? sizeof(MaskingKey) : 0);
}

// Writes `header` to the front of `output` and returns its size.
std::size_t encode_frame_header(const FrameHeader& header, std::span<std::byte, kFrameHeaderBytesMax> output);

// Writes the header of an unfragmented, unmasked frame into the bytes in front of `payload`, and returns the frame,
// header included. At least frame_header_size(payload.size(), false) bytes in front of the payload must belong to the
// caller.
std::span<std::byte> prepend_frame_header(Opcode opcode, std::span<std::byte> payload);

// --- Decoding is on the path of every frame, so it can be inlined there.
// -----------------------------------------------------------

namespace frame_header_bits {
inline constexpr unsigned kFin = 0x80;
inline constexpr unsigned kRsvShift = 4;
inline constexpr unsigned kRsv = 0x7;
inline constexpr unsigned kOpcode = 0xF;
inline constexpr unsigned kMasked = 0x80;
inline constexpr unsigned kLength = 0x7F;
}  // namespace frame_header_bits

// An unsigned number of `Bytes` bytes in network order.
template <std::size_t Bytes>
constexpr std::uint64_t read_network_order(const std::byte* bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < Bytes; ++i) {
    number = number << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  return number;
}

inline std::size_t decode_frame_header(std::span<const std::byte> input, FrameHeader& header) {
  namespace bits = frame_header_bits;
  if (input.size() < 2) {
    return 0;
  }
  const std::size_t size = announced_header_size(input[1]);
  if (input.size() < size) {
    return 0;
  }
  const auto first = std::to_integer<unsigned>(input[0]);
  const auto second = std::to_integer<unsigned>(input[1]);
  header.fin = (first & bits::kFin) != 0;
  header.rsv = static_cast<std::uint8_t>(first >> bits::kRsvShift & bits::kRsv);
  header.opcode = static_cast<Opcode>(first & bits::kOpcode);
  header.masked = (second & bits::kMasked) != 0;
  header.size = static_cast<std::uint8_t>(size);
  header.payload_length = second & bits::kLength;
  if (header.payload_length > kShortLengthMax) [[unlikely]] {
    header.payload_length =
        header.payload_length == kLengthIn16Bits ? read_network_order<2>(&input[2]) : read_network_order<8>(&input[2]);
  }
  header.key = {};
  if (header.masked) {
    std::memcpy(header.key.data(), &input[size - sizeof(MaskingKey)], sizeof(MaskingKey));
  }
  return size;
}

}  // namespace sentix::protocol
