#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/close_code.h"
#include "protocol/shared_frame.h"
#include "protocol/violation.h"

namespace sentix::protocol {

// The payload of a close frame holds two bytes of code in front of the reason (RFC 6455 §5.5.1).
inline constexpr std::size_t kCloseCodeBytes = 2;
inline constexpr std::size_t kCloseReasonBytesMax = 123;

// What a received close frame says. `reason` is valid UTF-8 and points into the payload that was parsed.
struct CloseStatus {
  CloseCode code = CloseCode::no_status;
  std::string_view reason{};
  std::optional<Violation> violation{};  // where set, the other two say nothing
};

// Parses the unmasked payload of a close frame. An empty one is CloseCode::no_status.
CloseStatus parse_close(std::span<const std::byte> payload);

// A server's close frame. A longer reason is cut to what fits, at the end of a character; it is valid UTF-8.
// CloseCode::no_status gives a close frame without payload, which is also the answer to one. `code` may be sent
// (asserted).
SharedFrame close_frame(CloseCode code, std::string_view reason = {});

// The longest prefix of the UTF-8 `text` that has at most `bytes_max` bytes and does not end inside a character.
std::string_view cut_at_character(std::string_view text, std::size_t bytes_max);

}  // namespace sentix::protocol
