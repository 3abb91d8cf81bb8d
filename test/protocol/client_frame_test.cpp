#include "protocol/client_frame.h"

#include <doctest/doctest.h>

#include <string>

#include "protocol/frame_header.h"
#include "test/support/cuts.h"
#include "test/support/frame_stream.h"

namespace sentix::protocol {
namespace {

using test::as_bytes;
using test::as_text;
using test::kTestKey;

TEST_CASE("the masked example of RFC 6455 §5.7") {
  std::vector<std::byte> output;
  append_client_frame(output, Opcode::text, true, kTestKey, as_bytes("Hello"));
  CHECK(output == test::bytes_of({0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58}));
}

TEST_CASE("frames follow each other, and each decodes to what went in") {
  std::vector<std::byte> output;
  const std::size_t kSizes[] = {0, 1, 125, 126, 0xFFFF, 0x10000};
  for (const std::size_t size : kSizes) {
    append_client_frame(output, Opcode::binary, size % 2 == 0, kTestKey, as_bytes(std::string(size, 'c')));
  }
  std::span<std::byte> rest(output);
  for (const std::size_t size : kSizes) {
    CAPTURE(size);
    FrameHeader header;
    REQUIRE(decode_frame_header(rest, header) == frame_header_size(size, true));
    CHECK(header == FrameHeader{.fin = size % 2 == 0,
                                .opcode = Opcode::binary,
                                .masked = true,
                                .size = header.size,
                                .key = kTestKey,
                                .payload_length = size});
    const auto payload = rest.subspan(header.size, size);
    apply_mask(payload, header.key);
    CHECK(as_text(payload) == std::string(size, 'c'));
    rest = rest.subspan(header.size + size);
  }
  CHECK(rest.empty());
}

}  // namespace
}  // namespace sentix::protocol
