#pragma once

#include <cstddef>
#include <string_view>

namespace sentix::protocol {

// How long names may be, in bytes, which are characters here.
inline constexpr std::size_t kChannelNameBytesMax = 200;
inline constexpr std::size_t kEventNameBytesMax = 64;

// The name of a channel: 1 to kChannelNameBytesMax of A-Z a-z 0-9 _ = @ , . ; : / # -
//
// None of them needs an escape in JSON, and none is the * of a pattern.
[[nodiscard]] bool valid_channel_name(std::string_view name);

// The name of an application's event: 1 to kEventNameBytesMax of the same characters. Shorter, because names of events
// are written into programs, not made from data.
[[nodiscard]] bool valid_event_name(std::string_view name);

// The idempotency key of a publication: 1 to kPublishKeyPointsMax code points. That it is UTF-8 has been checked.
inline constexpr std::size_t kPublishKeyPointsMax = 64;  // keys are remembered
[[nodiscard]] bool valid_publish_key(std::string_view key);

}  // namespace sentix::protocol
