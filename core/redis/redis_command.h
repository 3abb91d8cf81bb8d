#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace sentix::core {

// Writes one command, such as {"GET", "key"}, behind what `out` has. Arguments may be any bytes. Throws std::bad_alloc.
void append_redis_command(std::string& out, std::span<const std::string_view> arguments);

inline void append_redis_command(std::string& out, std::initializer_list<std::string_view> arguments) {
  append_redis_command(out, std::span(arguments.begin(), arguments.size()));
}

}  // namespace sentix::core
