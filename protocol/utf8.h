#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/words.h"

namespace sentix::protocol {

// Whether a text is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF), for a text
// that comes in pieces, cut anywhere. It fails fast: the first byte that no valid text could have at its place is
// refused, also where it is the second of an incomplete character (RFC 6455 §8.1).
//
// Four bytes of state at most. After a refusal a validator is of no further use. Nothing outside of the pieces is read.
class Utf8Validator {
 public:
  // False as soon as the text cannot become valid any more.
  [[nodiscard]] bool feed(std::span<const std::byte> bytes);

  // Whether the text so far ends with a whole character.
  [[nodiscard]] bool complete() const { return missing_ == 0; }

 private:
  bool feed_any(std::span<const std::byte> bytes);
  bool feed_byte(std::uint8_t byte);
  bool begin_character(std::uint8_t lead);
  bool expect(std::uint8_t count, std::uint8_t next_min, std::uint8_t next_max);

  // What an incomplete character still needs: how many bytes, and the range of the next one.
  std::uint8_t missing_ = 0;
  std::uint8_t next_min_ = 0;
  std::uint8_t next_max_ = 0;
};

// The same for a text that is there as a whole.
[[nodiscard]] inline bool valid_utf8(std::span<const std::byte> text) {
  Utf8Validator validator;
  return validator.feed(text) && validator.complete();
}

// --- Short ASCII, which most messages are, is checked inline.
// ------------------------------------------------------------------------

namespace utf8_detail {

inline constexpr std::size_t kInlineBytesMax = 128;

// The last word may overlap the one before it.
template <typename Word>
bool words_are_ascii(std::span<const std::byte> bytes) {
  const std::size_t last = bytes.size() - sizeof(Word);
  auto seen = words::load<Word>(bytes.data() + last);
  for (std::size_t at = 0; at < last; at += sizeof(Word)) {
    seen |= words::load<Word>(bytes.data() + at);
  }
  return words::all_ascii(seen);
}

inline bool is_ascii(std::span<const std::byte> bytes) {
  if (bytes.size() >= sizeof(words::Chunk)) {
    return words_are_ascii<words::Chunk>(bytes);
  }
  if (bytes.size() >= sizeof(std::uint32_t)) {
    return words_are_ascii<std::uint32_t>(bytes);
  }
  std::uint64_t seen = 0;
  for (const std::byte byte : bytes) {
    seen |= std::to_integer<std::uint64_t>(byte);
  }
  return words::all_ascii(seen);
}

}  // namespace utf8_detail

inline bool Utf8Validator::feed(std::span<const std::byte> bytes) {
  if (complete() && bytes.size() <= utf8_detail::kInlineBytesMax && utf8_detail::is_ascii(bytes)) {
    return true;
  }
  return feed_any(bytes);
}

}  // namespace sentix::protocol
