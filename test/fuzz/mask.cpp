// Masking: every kernel gives what RFC 6455 §5.3 says byte by byte, whole and in two pieces; and what says ASCII is
// ASCII. Input: a key (4), where to begin in memory (1), where to cut (2), the payload.
#include "protocol/mask.h"

#include <algorithm>
#include <vector>

#include "test/fuzz/require.h"

using namespace sentix::protocol;
using sentix::test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 7;
  if (size < kHead) {
    return 0;
  }
  const std::span<const std::byte> input = std::as_bytes(std::span(data, size));
  const MaskingKey key{input[0], input[1], input[2], input[3]};
  const std::size_t offset = data[4] % 64;
  const auto payload = input.subspan(kHead);
  const std::size_t cut = payload.empty() ? 0 : (data[5] << 8 | data[6]) % (payload.size() + 1);

  std::vector<std::byte> expected(payload.begin(), payload.end());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expected[i] ^= key[i % 4];
  }
  const bool ascii =
      std::all_of(expected.begin(), expected.end(), [](std::byte byte) { return byte < std::byte{0x80}; });

  for (const MaskKernel kernel : {MaskKernel::portable, MaskKernel::avx2}) {
    if (!use_mask_kernel(kernel)) {
      continue;
    }
    std::vector<std::byte> memory(offset);
    memory.insert(memory.end(), payload.begin(), payload.end());
    memory.shrink_to_fit();
    const std::span<std::byte> whole = std::span(memory).subspan(offset);
    const bool seen = apply_mask_seeing_ascii(whole, key);
    require(std::equal(whole.begin(), whole.end(), expected.begin()));
    require(!seen || ascii);

    apply_mask(whole.first(cut), key);
    apply_mask(whole.subspan(cut), advanced(key, cut));
    require(std::equal(whole.begin(), whole.end(), payload.begin()));
  }
  return 0;
}
