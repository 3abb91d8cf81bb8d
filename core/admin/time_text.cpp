#include "core/admin/time_text.h"

#include <array>
#include <cstdint>
#include <ctime>

namespace sentix::core {

std::string time_text(std::chrono::system_clock::time_point at) {
  constexpr std::int64_t kMsPerSecond = 1000;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(ms / kMsPerSecond);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const std::string fraction = std::to_string(kMsPerSecond + ms % kMsPerSecond);
  return std::string(text.data(), size) + "." + fraction.substr(1) + "Z";
}

}  // namespace sentix::core
