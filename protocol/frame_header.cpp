#include "protocol/frame_header.h"

#include <algorithm>

namespace sentix::protocol {
namespace {

template <std::size_t Bytes>
std::byte* write_network_order(std::uint64_t number, std::byte* output) {
  for (std::size_t i = 0; i < Bytes; ++i) {
    output[i] = static_cast<std::byte>(number >> 8 * (Bytes - 1 - i));
  }
  return output + Bytes;
}

// Everything but the masking key; returns where the key goes.
std::byte* write_header(const FrameHeader& header, std::byte* output) {
  namespace bits = frame_header_bits;
  *output++ = static_cast<std::byte>((header.fin ? bits::kFin : 0) | (header.rsv & bits::kRsv) << bits::kRsvShift |
                                     static_cast<unsigned>(header.opcode));
  const unsigned masked = header.masked ? bits::kMasked : 0;
  if (header.payload_length <= kShortLengthMax) {
    *output++ = static_cast<std::byte>(masked | header.payload_length);
    return output;
  }
  if (header.payload_length <= kMediumLengthMax) {
    *output++ = static_cast<std::byte>(masked | kLengthIn16Bits);
    return write_network_order<2>(header.payload_length, output);
  }
  *output++ = static_cast<std::byte>(masked | kLengthIn64Bits);
  return write_network_order<8>(header.payload_length, output);
}

}  // namespace

std::size_t encode_frame_header(const FrameHeader& header, std::span<std::byte, kFrameHeaderBytesMax> output) {
  std::byte* end = write_header(header, output.data());
  if (header.masked) {
    end = std::copy(header.key.begin(), header.key.end(), end);
  }
  return static_cast<std::size_t>(end - output.data());
}

std::span<std::byte> prepend_frame_header(Opcode opcode, std::span<std::byte> payload) {
  const std::size_t size = frame_header_size(payload.size(), false);
  std::byte* const frame = payload.data() - size;
  write_header({.opcode = opcode, .payload_length = payload.size()}, frame);
  return {frame, size + payload.size()};
}

}  // namespace sentix::protocol
