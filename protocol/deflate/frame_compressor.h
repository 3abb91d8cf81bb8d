#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "protocol/deflate/deflater.h"
#include "protocol/shared_frame.h"

namespace sentix::protocol {

// The compressed forms of what many connections send, none of which has context takeover: one deflater for each window
// in use, and the last frame's forms, so that a publication is compressed once for all its subscribers of a window.
//
// Keeps the last frame, and what it became, until the next one comes. Belongs to one thread.
class FrameCompressor {
 public:
  explicit FrameCompressor(const DeflateEffort& effort) : effort_(effort) {}

  // The frame to send in place of `frame`, which is a data frame: its compressed form, or itself where compressing does
  // not make it smaller.
  SharedFrame compressed(const SharedFrame& frame, int window_bits);

  // The same for a message that only one connection sends. Null where it had better be sent as it is.
  SharedFrame compressed(Opcode opcode, std::span<const std::byte> payload, int window_bits) {
    ++compressions_;
    return deflater(window_bits).deflate(opcode, payload);
  }

  // How many frames were compressed, whatever became of them.
  [[nodiscard]] std::uint64_t compressions() const { return compressions_; }

 private:
  static constexpr std::size_t kWindows = kWindowBitsMax - Deflater::kWindowBitsMin + 1;

  static std::size_t index_of(int window_bits) {
    return static_cast<std::size_t>(window_bits - Deflater::kWindowBitsMin);
  }
  Deflater& deflater(int window_bits);

  DeflateEffort effort_;
  std::array<std::unique_ptr<Deflater>, kWindows> deflaters_{};
  SharedFrame last_;
  std::array<SharedFrame, kWindows> forms_of_last_{};
  std::uint64_t compressions_ = 0;
};

}  // namespace sentix::protocol
