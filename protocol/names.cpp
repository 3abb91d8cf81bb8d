#include "protocol/names.h"

#include <algorithm>
#include <array>

namespace sentix::protocol {
namespace {

constexpr std::array<bool, 256> kNameBytes = [] {
  std::array<bool, 256> allowed{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_=@,.;:/#-")) {
    allowed[static_cast<unsigned char>(c)] = true;
  }
  return allowed;
}();

bool valid_name(std::string_view name, std::size_t bytes_max) {
  return !name.empty() && name.size() <= bytes_max &&
         std::all_of(name.begin(), name.end(), [](char c) { return kNameBytes[static_cast<unsigned char>(c)]; });
}

}  // namespace

bool valid_channel_name(std::string_view name) {
  return valid_name(name, kChannelNameBytesMax);
}

bool valid_event_name(std::string_view name) {
  return valid_name(name, kEventNameBytesMax);
}

bool valid_publish_key(std::string_view key) {
  const auto begins_code_point = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const auto points = std::count_if(key.begin(), key.end(), begins_code_point);
  return points >= 1 && points <= static_cast<std::ptrdiff_t>(kPublishKeyPointsMax);
}

}  // namespace sentix::protocol
