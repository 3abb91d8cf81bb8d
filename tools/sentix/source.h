#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sentix::tools {

// Where a setting's value came from, so that whoever reads a message knows what to change.
struct Source {
  std::string place = "default";  // "default", "command line", "environment", or a file as the user named it
  std::size_t line = 0;           // of the file, from 1; 0: none
  std::string name = {};          // what the setting is called there: "--port", "WEBSOCKET_PORT", "port"
};

inline constexpr std::string_view kCommandLine = "command line";
inline constexpr std::string_view kEnvironment = "environment";

// "sentix.toml:7", ".env:3", "environment", "command line", "default".
[[nodiscard]] inline std::string place_text(const Source& source) {
  return source.line > 0 ? source.place + ":" + std::to_string(source.line) : source.place;
}

}  // namespace sentix::tools
