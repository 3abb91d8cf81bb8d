#include "protocol/shared_frame.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "protocol/frame_header.h"
#include "test/support/cuts.h"

namespace sentix::protocol {
namespace {

using test::as_bytes;
using test::as_text;

TEST_CASE("a frame is its header and a copy of the payload, for each form of length") {
  for (const std::size_t size : {0UL, 1UL, 125UL, 126UL, 0xFFFFUL, 0x10000UL}) {
    CAPTURE(size);
    std::string payload(size, 'p');
    const SharedFrame frame = SharedFrame::copy_of(Opcode::text, as_bytes(payload));
    const std::string expected = payload;
    payload.assign(size, 'q');
    FrameHeader header;
    REQUIRE(decode_frame_header(frame.bytes(), header) == frame_header_size(size, false));
    CHECK(header == FrameHeader{.opcode = Opcode::text, .size = header.size, .payload_length = size});
    CHECK(as_text(frame.payload()) == expected);
    CHECK(as_text(frame.bytes().subspan(header.size)) == expected);
    CHECK(frame.bytes().size() == header.size + size);
  }
}

TEST_CASE("null frames are empty and may be copied") {
  const SharedFrame null;
  const SharedFrame copy = null;
  CHECK_FALSE(copy);
  CHECK(copy.bytes().empty());
  CHECK(copy.payload().empty());
}

TEST_CASE("copies share one block, which lives as long as the last of them") {
  SharedFrame first = SharedFrame::copy_of(Opcode::text, as_bytes("shared"));
  const std::byte* const where = first.bytes().data();
  SharedFrame second = first;
  CHECK(second.bytes().data() == where);
  SharedFrame third = std::move(first);
  CHECK_FALSE(first);
  third = SharedFrame();
  CHECK(second.bytes().data() == where);
  SharedFrame& alias = second;
  second = alias;
  CHECK(as_text(second.payload()) == "shared");
}

TEST_CASE("threads copy and drop one frame") {
  const SharedFrame frame = SharedFrame::copy_of(Opcode::binary, as_bytes("many readers"));
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int& errors : wrong) {
    threads.emplace_back([copy = frame, &errors] {
      for (int i = 0; i < 10000; ++i) {
        const SharedFrame another = copy;
        errors += as_text(another.payload()) == "many readers" ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("a builder joins its pieces, whatever it was told about their size") {
  for (const std::size_t estimate : {0, 1, 10, 1000}) {
    CAPTURE(estimate);
    FrameBuilder builder(estimate);
    std::string expected;
    for (int i = 0; i < 100; ++i) {
      builder.append("piece ");
      builder.append_number(static_cast<std::uint64_t>(i));
      expected += "piece " + std::to_string(i);
    }
    CHECK(builder.payload_size() == expected.size());
    FrameBuilder moved = std::move(builder);
    CHECK(as_text(std::move(moved).finish(Opcode::text).payload()) == expected);
  }
}

TEST_CASE("numbers are decimal") {
  FrameBuilder builder(0);
  builder.append_number(0);
  builder.append(" ");
  builder.append_number(std::numeric_limits<std::uint64_t>::max());
  CHECK(as_text(std::move(builder).finish(Opcode::text).payload()) == "0 18446744073709551615");
}

TEST_CASE("a builder that is given up frees what it has") {
  FrameBuilder builder(100);
  builder.append("never sent");
}

}  // namespace
}  // namespace sentix::protocol
