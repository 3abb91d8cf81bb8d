#include "protocol/client_frame.h"

#include <array>

#include "protocol/frame_header.h"

namespace sentix::protocol {

void append_client_frame(std::vector<std::byte>& output, Opcode opcode, bool fin, MaskingKey key,
                         std::span<const std::byte> payload) {
  const FrameHeader header{.fin = fin, .opcode = opcode, .masked = true, .key = key, .payload_length = payload.size()};
  std::array<std::byte, kFrameHeaderBytesMax> encoded;
  const std::size_t size = encode_frame_header(header, encoded);
  output.insert(output.end(), encoded.begin(), encoded.begin() + static_cast<std::ptrdiff_t>(size));
  output.insert(output.end(), payload.begin(), payload.end());
  apply_mask(std::span(output).last(payload.size()), key);
}

}  // namespace sentix::protocol
