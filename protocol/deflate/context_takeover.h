#pragma once

#include <cstdint>

namespace sentix::protocol {

// Whether one side's compression goes on from message to message, referring to what went before (RFC 7692 §7.1.1):
// smaller messages, for memory that each connection holds as long as it lives. Without it every message stands alone.
enum class ContextTakeover : std::uint8_t { no, yes };

// The windows of LZ77 that can be negotiated (RFC 7692 §7.1.2), as the base-2 logarithm of their bytes.
inline constexpr int kWindowBitsMin = 8;
inline constexpr int kWindowBitsMax = 15;

}  // namespace sentix::protocol
