#include "protocol/frame_header.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "test/support/cuts.h"
#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

using test::bytes_of;
using test::GuardedBytes;

constexpr MaskingKey kKey{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}};

std::vector<std::byte> encoded(const FrameHeader& header) {
  std::array<std::byte, kFrameHeaderBytesMax> output;
  const std::size_t size = encode_frame_header(header, output);
  return {output.begin(), output.begin() + static_cast<std::ptrdiff_t>(size)};
}

struct Vector {
  const char* name;
  FrameHeader header;
  std::vector<std::byte> bytes;
};

// The first five are the examples of RFC 6455 §5.7.
const Vector kVectors[] = {
    {"an unmasked text", {.opcode = Opcode::text, .size = 2, .payload_length = 5}, bytes_of({0x81, 0x05})},
    {"a masked text",
     {.opcode = Opcode::text, .masked = true, .size = 6, .key = kKey, .payload_length = 5},
     bytes_of({0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D})},
    {"a first fragment",
     {.fin = false, .opcode = Opcode::text, .size = 2, .payload_length = 3},
     bytes_of({0x01, 0x03})},
    {"256 bytes", {.opcode = Opcode::binary, .size = 4, .payload_length = 256}, bytes_of({0x82, 0x7E, 0x01, 0x00})},
    {"64 KiB",
     {.opcode = Opcode::binary, .size = 10, .payload_length = 65536},
     bytes_of({0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0})},
    {"the longest header",
     {.rsv = 7,
      .opcode = Opcode::binary,
      .masked = true,
      .size = 14,
      .key = kKey,
      .payload_length = 0x0102030405060708},
     bytes_of({0xF2, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 0x37, 0xFA, 0x21, 0x3D})},
};

TEST_CASE("vectors decode and encode") {
  for (const Vector& vector : kVectors) {
    CAPTURE(vector.name);
    FrameHeader header;
    CHECK(decode_frame_header(vector.bytes, header) == vector.bytes.size());
    CHECK(header == vector.header);
    CHECK(encoded(vector.header) == vector.bytes);
  }
}

TEST_CASE("decode of encode is identity, for every first byte and every form of length") {
  for (int first = 0; first < 0x100; ++first) {
    for (const std::uint64_t length : {0ULL, 1ULL, 125ULL, 126ULL, 127ULL, 0xFFFFULL, 0x10000ULL, ~0ULL >> 1, ~0ULL}) {
      for (const bool masked : {false, true}) {
        FrameHeader header{.fin = (first & 0x80) != 0,
                           .rsv = static_cast<std::uint8_t>(first >> 4 & 7),
                           .opcode = static_cast<Opcode>(first & 0xF),
                           .masked = masked,
                           .key = masked ? kKey : MaskingKey{},
                           .payload_length = length};
        header.size = static_cast<std::uint8_t>(frame_header_size(length, masked));
        const auto bytes = encoded(header);
        REQUIRE(bytes.size() == header.size);
        REQUIRE(bytes[0] == static_cast<std::byte>(first));
        REQUIRE(announced_header_size(bytes[1]) == header.size);
        FrameHeader decoded;
        REQUIRE(decode_frame_header(bytes, decoded) == bytes.size());
        REQUIRE(decoded == header);
      }
    }
  }
}

TEST_CASE("lengths that are not minimal decode to what they say, in the size they have") {
  FrameHeader header;
  CHECK(decode_frame_header(bytes_of({0x82, 0x7E, 0x00, 0x7D}), header) == 4);
  CHECK(header.payload_length == 125);
  CHECK(decode_frame_header(bytes_of({0x82, 0x7F, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}), header) == 10);
  CHECK(header.payload_length == 0xFFFF);
}

TEST_CASE("a header that is cut, wherever, is not looked at, nor is anything behind it") {
  const FrameHeader untouched{.fin = false, .rsv = 5, .opcode = Opcode::pong, .payload_length = 42};
  for (const Vector& vector : kVectors) {
    CAPTURE(vector.name);
    for (std::size_t size = 0; size < vector.bytes.size(); ++size) {
      const GuardedBytes cut(std::span(vector.bytes).first(size));
      FrameHeader header = untouched;
      CHECK(decode_frame_header(cut.span(), header) == 0);
      CHECK(header == untouched);
    }
    const GuardedBytes whole(vector.bytes);
    FrameHeader header;
    CHECK(decode_frame_header(whole.span(), header) == vector.bytes.size());
  }
}

TEST_CASE("a header is written right in front of its payload") {
  for (const std::size_t size : {0UL, 5UL, 125UL, 126UL, 0xFFFFUL, 0x10000UL}) {
    CAPTURE(size);
    const std::size_t header_size = frame_header_size(size, false);
    const std::vector<std::byte> zeros(header_size + size);
    const GuardedBytes memory(zeros, GuardedBytes::Against::front);
    const auto payload = memory.span().subspan(header_size);
    const auto frame = prepend_frame_header(Opcode::binary, payload);
    CHECK(frame.data() == memory.span().data());
    CHECK(frame.size() == header_size + size);
    FrameHeader header;
    CHECK(decode_frame_header(frame, header) == header_size);
    CHECK(header == FrameHeader{.opcode = Opcode::binary,
                                .size = static_cast<std::uint8_t>(header_size),
                                .payload_length = size});
  }
}

}  // namespace
}  // namespace sentix::protocol
