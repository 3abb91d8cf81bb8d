#pragma once

#include <cstddef>
#include <string_view>

namespace sentix::auth {

// Patterns over channel names: every character stands for itself, except `*`, which stands for any run of characters,
// none included. "chat-*" matches "chat-" and "chat-room-1".
bool matches(std::string_view pattern, std::string_view name);

// Whether the text has a `*` at all; a text without one is an exact name.
bool is_pattern(std::string_view text);

// Of two patterns that match one name the one with more literal characters is the more specific.
std::size_t specificity(std::string_view pattern);

}  // namespace sentix::auth
