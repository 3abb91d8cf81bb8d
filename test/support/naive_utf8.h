#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sentix::test {

// UTF-8 as a beginner would check it: decode a character by arithmetic, then ask whether its value may be written that
// way. It shares no table and no trick with the validator that it is compared with.
inline bool naive_utf8(std::span<const std::byte> text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = std::to_integer<std::uint32_t>(text[at]);
    std::size_t length = 1;
    std::uint32_t value = lead;
    if (lead >= 0xF8) {
      return false;
    }
    if (lead >= 0xF0) {
      length = 4;
      value = lead & 0x07;
    } else if (lead >= 0xE0) {
      length = 3;
      value = lead & 0x0F;
    } else if (lead >= 0xC0) {
      length = 2;
      value = lead & 0x1F;
    } else if (lead >= 0x80) {
      return false;
    }
    if (text.size() - at < length) {
      return false;
    }
    for (std::size_t i = 1; i < length; ++i) {
      const auto byte = std::to_integer<std::uint32_t>(text[at + i]);
      if (byte < 0x80 || byte > 0xBF) {
        return false;
      }
      value = value * 64 + (byte - 0x80);
    }
    const std::size_t needed = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
    if (length != needed || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
      return false;
    }
    at += length;
  }
  return true;
}

// Whether some valid text begins with `start`, found by trying: at most three bytes are missing, and of the first of
// them these five values cover every range that RFC 3629 knows.
inline bool naive_utf8_can_continue(std::span<const std::byte> start) {
  std::vector<std::byte> text(start.begin(), start.end());
  if (naive_utf8(text)) {
    return true;
  }
  for (const int first : {0x80, 0x8F, 0x90, 0x9F, 0xBF}) {
    text.resize(start.size());
    text.push_back(static_cast<std::byte>(first));
    for (int more = 0; more < 3; ++more) {
      if (naive_utf8(text)) {
        return true;
      }
      text.push_back(std::byte{0x80});
    }
  }
  return false;
}

}  // namespace sentix::test
