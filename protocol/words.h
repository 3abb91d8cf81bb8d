#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Words of memory, for the loops that look at payloads many bytes at a time: any alignment, in the order of memory.
namespace sentix::protocol::words {

// Sixteen bytes, in one register where the target has such. (A vector type of GCC and clang; the operators work lane by
// lane.)
using Chunk = std::uint64_t __attribute__((vector_size(16)));

template <typename Word>
Word load(const std::byte* from) {
  Word word;
  std::memcpy(&word, from, sizeof(Word));
  return word;
}

template <typename Word>
void store(std::byte* to, Word word) {
  std::memcpy(to, &word, sizeof(Word));
}

// A word made of copies, or halves, of `pattern`.
template <typename Word>
Word filled(std::uint64_t pattern) {
  if constexpr (sizeof(Word) == sizeof(Chunk)) {
    return Chunk{pattern, pattern};
  } else {
    return static_cast<Word>(pattern);
  }
}

// Whether no byte of a word has its highest bit set.
inline bool all_ascii(std::uint64_t word) {
  return (word & 0x8080'8080'8080'8080) == 0;
}
inline bool all_ascii(Chunk chunk) {
#if defined(__SSE2__)
  return _mm_movemask_epi8(reinterpret_cast<__m128i>(chunk)) == 0;
#else
  return all_ascii(chunk[0] | chunk[1]);
#endif
}

}  // namespace sentix::protocol::words
