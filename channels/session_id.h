#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentix::channels {

// Names one connection for as long as the process lives; never reused. The value is core's business (worker, slot and
// generation); here it is only compared. Zero names none.
enum class SessionId : std::uint64_t { none = 0 };

// As clients see it: "c" and 16 lower-case hexadecimal digits. parse_session_id() reads exactly that; `none` and
// everything else is nullopt.
std::string to_text(SessionId id);
std::optional<SessionId> parse_session_id(std::string_view text);

}  // namespace sentix::channels
