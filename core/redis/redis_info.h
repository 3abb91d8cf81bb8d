#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sentix::core {

// Of what INFO and CLUSTER INFO answer, lines of NAME:VALUE: the value; empty where there is no such line.
[[nodiscard]] inline std::string_view redis_info_field(std::string_view info, std::string_view name) {
  const std::string begin = std::string(name) + ":";
  for (std::size_t at = info.find(begin); at != std::string_view::npos; at = info.find(begin, at + 1)) {
    if (at == 0 || info[at - 1] == '\n') {
      const std::string_view rest = info.substr(at + begin.size());
      return rest.substr(0, rest.find_first_of("\r\n"));
    }
  }
  return {};
}

}  // namespace sentix::core
