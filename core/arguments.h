#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/close_code.h"

namespace sentix::core {

// What an application hands over is checked here, before anything acts on it. Each check throws std::invalid_argument
// with a sentence that says what is wrong.

void require(bool condition, const std::string& sentence);

// One JSON value, in UTF-8.
void require_json(std::string_view text);

void require_channel_name(std::string_view name);

// A name, or a pattern with `*` in place of characters of one.
void require_channel_name_or_pattern(std::string_view text);

// A code that a close frame may carry, and a reason in UTF-8.
protocol::CloseCode require_close(std::uint16_t code, std::string_view reason);

}  // namespace sentix::core
