#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/words.h"

namespace sentix::protocol {

// RFC 6455 §5.3: the four bytes that a client XORs its payload with, in the order of the wire.
using MaskingKey = std::array<std::byte, 4>;

// The key for the payload bytes that follow the first `bytes` ones of the same frame: a payload that arrives in pieces
// is unmasked piece by piece, each with the key advanced by what came before it.
constexpr MaskingKey advanced(MaskingKey key, std::size_t bytes) {
  return {key[bytes % 4], key[(bytes + 1) % 4], key[(bytes + 2) % 4], key[(bytes + 3) % 4]};
}

// Masks, or unmasks, which is the same, in place. Not a byte outside of `payload` is read or written; any alignment is
// fine.
void apply_mask(std::span<std::byte> payload, MaskingKey key);

// The same, and whether every byte of the result is ASCII, which costs next to nothing on the way: a text that is,
// needs no other validation.
[[nodiscard]] bool apply_mask_seeing_ascii(std::span<std::byte> payload, MaskingKey key);

// The loops that long payloads can go through. The fastest that the processor has is chosen when the first one is
// masked; naming one is for tests and for benches that count instructions.
enum class MaskKernel : std::uint8_t { portable, avx2 };

// Any thread may call these. use_mask_kernel() returns false, and changes nothing, where the processor lacks the
// kernel.
bool use_mask_kernel(MaskKernel kernel);
MaskKernel mask_kernel();

// --- Short payloads are masked inline: calling a kernel costs more than they do.
// -----------------------------------------------------

namespace mask_detail {

inline constexpr std::size_t kLongBytesMin = 128;

// Eight bytes filled with the key, and those moved on by `bytes` bytes of payload.
inline std::uint64_t widened(MaskingKey key) {
  return std::bit_cast<std::uint32_t>(key) * 0x1'0000'0001ULL;
}
inline std::uint64_t advanced_word(std::uint64_t key, std::size_t bytes) {
  const int bits = static_cast<int>(bytes % 4) * 8;
  return std::endian::native == std::endian::little ? std::rotr(key, bits) : std::rotl(key, bits);
}

// Masks at least one word, word by word. The last one may overlap the one before it: it is loaded before anything is
// stored, so no byte is masked twice. These functions return whether the result is ASCII.
template <typename Word>
bool mask_words(std::byte* data, std::size_t size, std::uint64_t key) {
  const std::size_t last = size - sizeof(Word);
  const auto key_word = words::filled<Word>(key);
  const Word last_word = words::load<Word>(data + last) ^ words::filled<Word>(advanced_word(key, last));
  Word seen = last_word;
  for (std::size_t at = 0; at < last; at += sizeof(Word)) {
    const Word word = words::load<Word>(data + at) ^ key_word;
    words::store(data + at, word);
    seen |= word;
  }
  words::store(data + last, last_word);
  return words::all_ascii(seen);
}

inline bool mask_short(std::byte* data, std::size_t size, std::uint64_t key) {
  if (size >= sizeof(words::Chunk)) {
    return mask_words<words::Chunk>(data, size, key);
  }
  if (size >= sizeof(std::uint64_t)) {
    return mask_words<std::uint64_t>(data, size, key);
  }
  if (size >= sizeof(std::uint32_t)) {
    return mask_words<std::uint32_t>(data, size, key);
  }
  std::uint64_t seen = 0;
  for (std::size_t at = 0; at < size; ++at) {
    data[at] ^= std::bit_cast<std::array<std::byte, sizeof(key)>>(key)[at];
    seen |= std::to_integer<std::uint64_t>(data[at]);
  }
  return words::all_ascii(seen);
}

// Through the kernel in force; at least kLongBytesMin bytes.
bool mask_long(std::byte* data, std::size_t size, std::uint64_t key);

}  // namespace mask_detail

inline bool apply_mask_seeing_ascii(std::span<std::byte> payload, MaskingKey key) {
  const std::uint64_t wide_key = mask_detail::widened(key);
  return payload.size() < mask_detail::kLongBytesMin ? mask_detail::mask_short(payload.data(), payload.size(), wide_key)
                                                     : mask_detail::mask_long(payload.data(), payload.size(), wide_key);
}

inline void apply_mask(std::span<std::byte> payload, MaskingKey key) {
  static_cast<void>(apply_mask_seeing_ascii(payload, key));
}

}  // namespace sentix::protocol
