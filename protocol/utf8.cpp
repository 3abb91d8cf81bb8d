#include "protocol/utf8.h"

#include <simdjson.h>

#include <algorithm>

namespace sentix::protocol {
namespace {

// From here on simdjson's kernels are faster than a loop over bytes, their call and their set-up included.
constexpr std::size_t kBulkBytesMin = 12;

constexpr std::uint8_t kContinuationMin = 0x80;
constexpr std::uint8_t kContinuationMax = 0xBF;

// How many bytes at the end of `bytes` begin a character that is longer. Whatever else is wrong with them is not asked
// here.
std::size_t unfinished_tail(std::span<const std::byte> bytes) {
  const auto back = [bytes](std::size_t n) { return std::to_integer<std::uint8_t>(bytes[bytes.size() - n]); };
  constexpr std::uint8_t kLeadOfTwo = 0xC0;
  constexpr std::uint8_t kLeadOfThree = 0xE0;
  constexpr std::uint8_t kLeadOfFour = 0xF0;
  if (back(1) >= kLeadOfTwo) {
    return 1;
  }
  if (back(2) >= kLeadOfThree) {
    return 2;
  }
  return back(3) >= kLeadOfFour ? 3 : 0;
}

}  // namespace

bool Utf8Validator::feed_any(std::span<const std::byte> bytes) {
  for (; !complete() && !bytes.empty(); bytes = bytes.subspan(1)) {
    if (!feed_byte(std::to_integer<std::uint8_t>(bytes.front()))) {
      return false;
    }
  }
  if (bytes.size() >= kBulkBytesMin) {
    const std::size_t whole = bytes.size() - unfinished_tail(bytes);
    if (!simdjson::validate_utf8(reinterpret_cast<const char*>(bytes.data()), whole)) {
      return false;
    }
    bytes = bytes.subspan(whole);
  }
  return std::all_of(bytes.begin(), bytes.end(),
                     [this](std::byte byte) { return feed_byte(std::to_integer<std::uint8_t>(byte)); });
}

bool Utf8Validator::feed_byte(std::uint8_t byte) {
  if (complete()) {
    return byte < kContinuationMin || begin_character(byte);
  }
  if (byte < next_min_ || byte > next_max_) {
    return false;
  }
  return expect(missing_ - 1, kContinuationMin, kContinuationMax);
}

// RFC 3629 §4, row by row. Four leads narrow their second byte: against overlong forms (E0, F0), surrogates (ED), and
// what lies behind the end of Unicode (F4).
bool Utf8Validator::begin_character(std::uint8_t lead) {
  if (lead < 0xC2) {
    return false;
  }
  if (lead <= 0xDF) {
    return expect(1, kContinuationMin, kContinuationMax);
  }
  if (lead <= 0xEF) {
    return expect(2, lead == 0xE0 ? 0xA0 : kContinuationMin, lead == 0xED ? 0x9F : kContinuationMax);
  }
  if (lead <= 0xF4) {
    return expect(3, lead == 0xF0 ? 0x90 : kContinuationMin, lead == 0xF4 ? 0x8F : kContinuationMax);
  }
  return false;
}

bool Utf8Validator::expect(std::uint8_t count, std::uint8_t next_min, std::uint8_t next_max) {
  missing_ = count;
  next_min_ = next_min;
  next_max_ = next_max;
  return true;
}

}  // namespace sentix::protocol
