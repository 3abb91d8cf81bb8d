#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace sentix::protocol {

// The four hexadecimal digits at `digits` as a number, or -1 where one of them is none. Four bytes must be readable.
constexpr int parse_hex4(const char* digits) {
  int number = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = digits[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    number = number << 4 | digit;
  }
  return number;
}

constexpr bool is_high_surrogate(int unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
constexpr bool is_low_surrogate(int unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

// The first byte of [at, end) that cannot stand in a JSON string as it is: a quote, a backslash or a control character
// below 0x20 (RFC 8259 §7). `end` where there is none; nothing at or behind `end` is read.
//
// Eight bytes at a time, in ordinary registers, so that every processor runs the same code. A zero or a borrow in one
// byte may flag bytes above it wrongly, never below it, so the lowest flag is always right.
inline const char* find_json_special(const char* at, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighBits = kOnes * 0x80;
  while (end - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    const std::uint64_t quote = word ^ (kOnes * '"');
    const std::uint64_t backslash = word ^ (kOnes * '\\');
    const std::uint64_t found =
        (((word - kOnes * 0x20) & ~word) | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash)) & kHighBits;
    if (found != 0) return at + (std::countr_zero(found) >> 3);
    at += 8;
  }
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

}  // namespace sentix::protocol
