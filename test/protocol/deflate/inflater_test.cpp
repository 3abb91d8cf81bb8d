#include "protocol/deflate/inflater.h"

#include <doctest/doctest.h>

#include <string>

#include "protocol/deflate/deflater.h"
#include "test/support/cuts.h"
#include "test/support/deflate_texts.h"
#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

using test::bytes_of;
using Result = Inflater::Result;

constexpr std::size_t kMiB = 1 << 20;

struct Inflated {
  Result result;
  std::string text;

  bool operator==(const Inflated&) const = default;
};

Inflated inflate(Inflater& inflater, std::span<const std::byte> compressed, std::size_t size_max = kMiB) {
  MessageBuffer message;
  const Result result = inflater.inflate(compressed, size_max, message);
  CHECK(message.capacity() <= std::max(size_max, std::size_t{4096}));
  return {result, result == Result::ok ? test::as_text(message.payload()) : std::string()};
}

Inflated inflate(std::span<const std::byte> compressed, std::size_t size_max = kMiB) {
  Inflater inflater(ContextTakeover::no);
  return inflate(inflater, compressed, size_max);
}

// What zlib makes of a text, by our own deflater (which deflater_test holds against zlib).
std::vector<std::byte> deflated(const std::string& text) {
  Deflater deflater(ContextTakeover::yes, 15, {.level = 9});
  const auto frame = deflater.deflate(Opcode::binary, test::as_bytes(text));
  return {frame.payload().begin(), frame.payload().end()};
}

TEST_CASE("the examples of RFC 7692 §7.2.3") {
  const auto hello = bytes_of({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00});
  CHECK(inflate(hello) == Inflated{Result::ok, "Hello"});

  Inflater shared(ContextTakeover::yes);
  CHECK(inflate(shared, hello) == Inflated{Result::ok, "Hello"});
  CHECK(inflate(shared, bytes_of({0xf2, 0x00, 0x11, 0x00, 0x00})) == Inflated{Result::ok, "Hello"});
  CHECK(inflate(bytes_of({0xf2, 0x00, 0x11, 0x00, 0x00})).result == Result::invalid);  // refers to what is not there

  const auto not_compressed = bytes_of({0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00});
  CHECK(inflate(not_compressed) == Inflated{Result::ok, "Hello"});
  const auto last_block = bytes_of({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00});
  CHECK(inflate(last_block) == Inflated{Result::ok, "Hello"});
  const auto two_blocks = bytes_of({0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00});
  CHECK(inflate(two_blocks) == Inflated{Result::ok, "Hello"});
}

TEST_CASE("an empty message is one byte, or none") {
  CHECK(inflate(bytes_of({0x00})) == Inflated{Result::ok, ""});
  CHECK(inflate({}) == Inflated{Result::ok, ""});
}

TEST_CASE("blocks that follow the last one count") {
  auto twice = bytes_of({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00});
  const auto more = bytes_of({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00});
  twice.insert(twice.end(), more.begin(), more.end());
  CHECK(inflate(twice) == Inflated{Result::ok, "HelloHello"});
}

TEST_CASE("a message that is cut anywhere is invalid, and harms no later one") {
  const std::string text = test::chat_text(3000);
  const auto whole = deflated(text);
  Inflater inflater(ContextTakeover::no);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    CAPTURE(size);
    const test::GuardedBytes cut{std::span(whole).first(size)};
    REQUIRE(inflate(inflater, cut.span()).result == Result::invalid);
  }
  CHECK(inflate(inflater, whole) == Inflated{Result::ok, text});
}

TEST_CASE("the bound is exact, for everything from nothing to large") {
  Inflater inflater(ContextTakeover::no);
  for (const std::size_t size : {0UL, 1UL, 2UL, 4095UL, 4096UL, 4097UL, 100'000UL}) {
    CAPTURE(size);
    const auto compressed = deflated(std::string(size, 'x'));
    CHECK(inflate(inflater, compressed, size) == Inflated{Result::ok, std::string(size, 'x')});
    if (size > 0) CHECK(inflate(inflater, compressed, size - 1).result == Result::too_large);
  }
}

TEST_CASE("a bomb is not allocated") {
  const auto bomb = deflated(std::string(64 * kMiB, '\0'));
  REQUIRE(bomb.size() < 100'000);
  MessageBuffer message;
  Inflater inflater(ContextTakeover::no);
  CHECK(inflater.inflate(bomb, 10'000, message) == Result::too_large);
  CHECK(message.capacity() <= 10'000);
}

TEST_CASE("noise is invalid or something, and never more than the bound") {
  Inflater inflater(ContextTakeover::no);
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const std::string junk = test::noise(1 + seed % 200, seed);
    MessageBuffer message;
    const Result result = inflater.inflate(test::as_bytes(junk), 5000, message);
    REQUIRE(message.size() <= 5000);
    REQUIRE((result == Result::ok || result == Result::invalid || result == Result::too_large));
  }
  CHECK(inflate(inflater, deflated("still in order")) == Inflated{Result::ok, "still in order"});
}

}  // namespace
}  // namespace sentix::protocol
