#include "protocol/mask.h"

#include <atomic>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sentix::protocol {
namespace mask_detail {
namespace {

// Every kernel gets at least kLongBytesMin bytes.
using Kernel = void (*)(std::byte* data, std::size_t size, std::uint64_t key);

void mask_portable(std::byte* data, std::size_t size, std::uint64_t key) {
  mask_words<words::Chunk>(data, size, key);
}

#if defined(__x86_64__)

constexpr std::size_t kVectorBytes = sizeof(__m256i);
constexpr std::size_t kBlockBytes = 4 * kVectorBytes;

__attribute__((target("avx2"))) inline void mask_vector(std::byte* at, __m256i key) {
  auto* const vector = reinterpret_cast<__m256i*>(at);
  _mm256_store_si256(vector, _mm256_xor_si256(_mm256_load_si256(vector), key));
}

// The bytes up to the first aligned vector and those behind the last are left to the word loop, so that no access in
// between crosses a cache line: a payload begins behind its header, at any alignment.
__attribute__((target("avx2"))) void mask_avx2(std::byte* data, std::size_t size, std::uint64_t key) {
  const std::size_t lead = 2 * kVectorBytes - reinterpret_cast<std::uintptr_t>(data) % kVectorBytes;
  mask_words<words::Chunk>(data, lead, key);
  data += lead;
  size -= lead;
  key = advanced_word(key, lead);

  const __m256i wide_key = _mm256_set1_epi64x(static_cast<long long>(key));
  for (; size >= kBlockBytes; size -= kBlockBytes, data += kBlockBytes) {
    mask_vector(data, wide_key);
    mask_vector(data + kVectorBytes, wide_key);
    mask_vector(data + 2 * kVectorBytes, wide_key);
    mask_vector(data + 3 * kVectorBytes, wide_key);
  }
  for (; size >= kVectorBytes; size -= kVectorBytes, data += kVectorBytes) {
    mask_vector(data, wide_key);
  }
  mask_short(data, size, key);
}

bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0;
}

#endif

void mask_with_best(std::byte* data, std::size_t size, std::uint64_t key);

// Threads that race to choose store the same value, so relaxed order is enough.
constinit std::atomic<Kernel> active_kernel{mask_with_best};

Kernel kernel_of(MaskKernel kernel) {
#if defined(__x86_64__)
  if (kernel == MaskKernel::avx2) {
    return has_avx2() ? mask_avx2 : nullptr;
  }
#endif
  return kernel == MaskKernel::portable ? mask_portable : nullptr;
}

Kernel chosen_kernel() {
  Kernel kernel = active_kernel.load(std::memory_order_relaxed);
  if (kernel == mask_with_best) {
    const Kernel fastest = kernel_of(MaskKernel::avx2);
    kernel = fastest != nullptr ? fastest : mask_portable;
    active_kernel.store(kernel, std::memory_order_relaxed);
  }
  return kernel;
}

void mask_with_best(std::byte* data, std::size_t size, std::uint64_t key) {
  chosen_kernel()(data, size, key);
}

}  // namespace

void mask_long(std::byte* data, std::size_t size, std::uint64_t key) {
  active_kernel.load(std::memory_order_relaxed)(data, size, key);
}

}  // namespace mask_detail

bool use_mask_kernel(MaskKernel kernel) {
  const mask_detail::Kernel function = mask_detail::kernel_of(kernel);
  if (function == nullptr) {
    return false;
  }
  mask_detail::active_kernel.store(function, std::memory_order_relaxed);
  return true;
}

MaskKernel mask_kernel() {
  return mask_detail::chosen_kernel() == mask_detail::mask_portable ? MaskKernel::portable : MaskKernel::avx2;
}

}  // namespace sentix::protocol
