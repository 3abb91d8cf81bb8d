#include "protocol/mask.h"

#include <doctest/doctest.h>

#include <vector>

#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

using test::GuardedBytes;

constexpr MaskingKey kKey{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}};

// RFC 6455 §5.3, as it is written there.
std::vector<std::byte> masked_slowly(std::span<const std::byte> payload, MaskingKey key) {
  std::vector<std::byte> result;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    result.push_back(payload[i] ^ key[i % 4]);
  }
  return result;
}

std::vector<std::byte> some_bytes(std::size_t size) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < size; ++i) {
    bytes.push_back(static_cast<std::byte>(i * 31 + i / 256));
  }
  return bytes;
}

bool same(std::span<const std::byte> a, std::span<const std::byte> b) {
  return std::vector(a.begin(), a.end()) == std::vector(b.begin(), b.end());
}

// Runs `body` under each kernel that this processor has, and leaves the fastest in force.
template <typename Body>
void for_each_kernel(Body body) {
  const MaskKernel before = mask_kernel();
  for (const MaskKernel kernel : {MaskKernel::portable, MaskKernel::avx2}) {
    if (use_mask_kernel(kernel)) {
      CAPTURE(static_cast<int>(kernel));
      CHECK(mask_kernel() == kernel);
      body();
    }
  }
  use_mask_kernel(before);
}

TEST_CASE("the example of RFC 6455 §5.7") {
  std::vector<std::byte> payload{std::byte{0x7F}, std::byte{0x9F}, std::byte{0x4D}, std::byte{0x51}, std::byte{0x58}};
  apply_mask(payload, kKey);
  CHECK(same(payload, std::as_bytes(std::span("Hello", 5))));
}

// A vector kernel treats whole blocks and the rest each in its own way: every size at every alignment meets the joint.
TEST_CASE("every size at every alignment gives what the slow way gives, and touches nothing else") {
  constexpr std::size_t kAlignments = 64;
  constexpr std::size_t kSizes = 420;
  const auto original = some_bytes(kAlignments + kSizes + 64);
  for_each_kernel([&] {
    int wrong = 0;
    for (std::size_t offset = 0; offset < kAlignments; ++offset) {
      for (std::size_t size = 0; size <= kSizes; ++size) {
        alignas(64) std::byte buffer[kAlignments + kSizes + 64];
        std::copy(original.begin(), original.end(), buffer);
        auto expected = original;
        const auto slow = masked_slowly(std::span(original).subspan(offset, size), kKey);
        std::copy(slow.begin(), slow.end(), expected.begin() + static_cast<std::ptrdiff_t>(offset));
        apply_mask(std::span(buffer).subspan(offset, size), kKey);
        wrong += same(buffer, expected) ? 0 : 1;
      }
    }
    CHECK(wrong == 0);
  });
}

TEST_CASE("long payloads too") {
  for_each_kernel([] {
    for (const std::size_t size : {4095, 4096, 4097, 65537, 262147}) {
      auto payload = some_bytes(size);
      const auto expected = masked_slowly(payload, kKey);
      apply_mask(payload, kKey);
      CHECK(payload == expected);
    }
  });
}

TEST_CASE("a payload in two pieces is masked as it is in one") {
  const auto original = some_bytes(300);
  const auto expected = masked_slowly(original, kKey);
  for_each_kernel([&] {
    int wrong = 0;
    for (std::size_t cut = 0; cut <= original.size(); ++cut) {
      auto payload = original;
      apply_mask(std::span(payload).first(cut), kKey);
      apply_mask(std::span(payload).subspan(cut), advanced(kKey, cut));
      wrong += payload == expected ? 0 : 1;
    }
    CHECK(wrong == 0);
  });
}

TEST_CASE("nothing outside of the payload is read or written") {
  for_each_kernel([] {
    for (std::size_t size = 0; size <= 300; ++size) {
      const auto original = some_bytes(size);
      const auto expected = masked_slowly(original, kKey);
      for (const auto against : {GuardedBytes::Against::front, GuardedBytes::Against::back}) {
        const GuardedBytes payload(original, against);
        apply_mask(payload.span(), kKey);
        REQUIRE(same(payload.span(), expected));
      }
    }
  });
}

TEST_CASE("ASCII is seen, and a single byte that is not, anywhere") {
  std::vector<std::size_t> sizes{255, 256, 257, 300};
  for (std::size_t size = 0; size <= mask_detail::kLongBytesMin + 16; ++size) {
    sizes.push_back(size);
  }
  for_each_kernel([&sizes] {
    for (const std::size_t size : sizes) {
      CAPTURE(size);
      const std::vector<std::byte> text(size, std::byte{'a'});
      auto payload = masked_slowly(text, kKey);
      CHECK(apply_mask_seeing_ascii(payload, kKey));
      CHECK(payload == text);
      for (std::size_t at = 0; at < size; ++at) {
        auto other = text;
        other[at] = std::byte{0x80};
        payload = masked_slowly(other, kKey);
        REQUIRE_FALSE(apply_mask_seeing_ascii(payload, kKey));
        REQUIRE(payload == other);
      }
    }
  });
}

}  // namespace
}  // namespace sentix::protocol
