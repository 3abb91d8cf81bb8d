#include "protocol/mask.h"

#include <atomic>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sentix::protocol {
namespace mask_detail {
namespace {

// Every kernel gets at least kLongBytesMin bytes.
using Kernel = bool (*)(std::byte* data, std::size_t size, std::uint64_t key);

bool mask_portable(std::byte* data, std::size_t size, std::uint64_t key) {
  return mask_words<words::Chunk>(data, size, key);
}

#if defined(__x86_64__)

constexpr std::size_t kVectorBytes = sizeof(__m256i);
constexpr std::size_t kBlockBytes = 4 * kVectorBytes;

__attribute__((target("avx2"))) inline __m256i mask_vector(std::byte* at, __m256i key) {
  auto* const vector = reinterpret_cast<__m256i*>(at);
  const __m256i masked = _mm256_xor_si256(_mm256_loadu_si256(vector), key);
  _mm256_storeu_si256(vector, masked);
  return masked;
}

// Four vectors at a time, so that bringing the bytes together is no chain of as many steps as there are vectors.
__attribute__((target("avx2"))) bool mask_avx2(std::byte* data, std::size_t size, std::uint64_t key) {
  const __m256i wide_key = _mm256_set1_epi64x(static_cast<long long>(key));
  __m256i seen = _mm256_setzero_si256();
  for (; size >= kBlockBytes; size -= kBlockBytes, data += kBlockBytes) {
    const __m256i a = mask_vector(data, wide_key);
    const __m256i b = mask_vector(data + kVectorBytes, wide_key);
    const __m256i c = mask_vector(data + 2 * kVectorBytes, wide_key);
    const __m256i d = mask_vector(data + 3 * kVectorBytes, wide_key);
    seen = _mm256_or_si256(seen, _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d)));
  }
  const bool rest_is_ascii = mask_short(data, size, key);
  return rest_is_ascii && _mm256_movemask_epi8(seen) == 0;
}

bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0;
}

#endif

bool mask_with_best(std::byte* data, std::size_t size, std::uint64_t key);

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

bool mask_with_best(std::byte* data, std::size_t size, std::uint64_t key) {
  return chosen_kernel()(data, size, key);
}

}  // namespace

bool mask_long(std::byte* data, std::size_t size, std::uint64_t key) {
  return active_kernel.load(std::memory_order_relaxed)(data, size, key);
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
