#pragma once

#include <uv.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace sentix::core {

// What one connection may receive, or send, before the others have their turn: 512 KiB, or about a millisecond of them.
// Mostly it is the bytes that end a turn. But bytes can be dear where memory is touched for the first time: on virtual
// machines page faults of 1 to 80 µs were seen. So no call transfers more than 128 KiB, and after a call that was large
// the clock is looked at. Small ones never pay for that.
class TransferBudget {
 public:
  [[nodiscard]] bool spent() const { return bytes_left_ == 0; }

  [[nodiscard]] static bool is_large(std::size_t bytes) { return bytes >= kLargeBytes; }

  // What the next call may transfer.
  [[nodiscard]] std::size_t next_bytes_max() const { return std::min(bytes_left_, kBytesPerCall); }

  // `bytes`, next_bytes_max() at the most, were transferred.
  void spend(std::size_t bytes) {
    bytes_left_ -= bytes;
    if (!is_large(bytes)) {
      return;
    }
    const std::uint64_t now = uv_hrtime();
    if (first_large_at_ns_ == 0) {
      first_large_at_ns_ = now;
    } else if (now - first_large_at_ns_ > kNanoseconds) {
      bytes_left_ = 0;
    }
  }

 private:
  static constexpr std::size_t kBytes = 512 << 10;
  static constexpr std::size_t kBytesPerCall = 128 << 10;
  static constexpr std::size_t kLargeBytes = 32 << 10;
  static constexpr std::uint64_t kNanoseconds = 1'000'000;

  std::size_t bytes_left_ = kBytes;
  std::uint64_t first_large_at_ns_ = 0;
};

}  // namespace sentix::core
