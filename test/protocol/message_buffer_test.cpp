#include "protocol/message_buffer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "test/support/cuts.h"

namespace sentix::protocol {
namespace {

using test::as_bytes;
using test::as_text;

constexpr std::size_t kMiB = 1 << 20;

TEST_CASE("pieces become one payload") {
  MessageBuffer buffer;
  CHECK(buffer.payload().empty());
  CHECK(as_text(buffer.append(as_bytes("hello, "), kMiB)) == "hello, ");
  CHECK(buffer.append({}, kMiB).empty());
  CHECK(as_text(buffer.append(as_bytes("world"), kMiB)) == "world");
  CHECK(as_text(buffer.payload()) == "hello, world");
  CHECK(buffer.size() == 12);
}

TEST_CASE("it grows with what has arrived, by doubling, and never beyond what it can become") {
  MessageBuffer buffer;
  buffer.append(as_bytes("x"), kMiB);
  CHECK(buffer.capacity() == 4096);

  const std::string block(1000, 'b');
  std::size_t growths = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::size_t before = buffer.capacity();
    buffer.append(as_bytes(block), kMiB);
    growths += buffer.capacity() != before ? 1 : 0;
    REQUIRE(buffer.capacity() <= std::max<std::size_t>(4096, 2 * buffer.size()));
  }
  CHECK(growths == 8);
  CHECK(buffer.size() == 1'000'001);

  MessageBuffer small;
  small.append(as_bytes("abc"), 5);
  CHECK(small.capacity() == 5);
}

TEST_CASE("free space is written to and then taken over") {
  MessageBuffer buffer;
  buffer.append(as_bytes("abc"), 10);
  const auto space = buffer.free_space(7);
  REQUIRE(space.size() == 7);
  std::fill(space.begin(), space.end(), std::byte{'d'});
  CHECK(as_text(buffer.extend(4)) == "dddd");
  CHECK(as_text(buffer.payload()) == "abcdddd");
  CHECK(buffer.free_space(3).size() == 3);
  CHECK(buffer.capacity() == 10);
}

TEST_CASE("free space doubles what is there, not what was announced, and is never a scrap") {
  MessageBuffer buffer;
  buffer.append(as_bytes(std::string(100'000, 'x')), 100'000);
  const auto space = buffer.free_space(kMiB);
  CHECK(space.size() == 100'000);
  buffer.extend(99'999);
  CHECK(buffer.free_space(kMiB).size() >= 4096);
}

TEST_CASE("a moved buffer takes its memory along") {
  MessageBuffer buffer;
  buffer.append(as_bytes("cargo"), 100);
  const std::byte* const where = buffer.payload().data();
  MessageBuffer moved = std::move(buffer);
  CHECK(buffer.payload().empty());  // NOLINT(bugprone-use-after-move): an empty owner is promised
  CHECK(buffer.capacity() == 0);
  CHECK(moved.payload().data() == where);
  buffer = std::move(moved);
  CHECK(buffer.payload().data() == where);
  CHECK(moved.size() == 0);  // NOLINT(bugprone-use-after-move)
}

TEST_CASE("the payload becomes a frame where it lies") {
  for (const std::size_t size : {1UL, 125UL, 126UL, 0xFFFFUL, 0x10000UL}) {
    CAPTURE(size);
    MessageBuffer buffer;
    buffer.append(as_bytes(std::string(size, 'f')), size);
    const auto frame = buffer.frame(Opcode::binary);
    CHECK(frame.data() + frame.size() == buffer.payload().data() + size);
    CHECK(frame.size() > size);
    CHECK(frame[0] == std::byte{0x82});
    CHECK(reinterpret_cast<std::uintptr_t>(buffer.payload().data()) % 16 == 0);
  }
  MessageBuffer empty;
  CHECK(as_text(empty.frame(Opcode::text)) == std::string("\x81\x00", 2));
}

}  // namespace
}  // namespace sentix::protocol
