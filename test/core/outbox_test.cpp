#include "core/outbox.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

using namespace sentix;
using core::Outbox;
using core::OutboxPool;

namespace {

protocol::SharedFrame frame(std::string_view text) {
  return protocol::SharedFrame::copy_of(protocol::Opcode::text, std::as_bytes(std::span(text)));
}

std::string waiting(const Outbox& outbox) {
  std::array<iovec, 256> vectors;
  std::string text;
  const std::size_t count = outbox.gather(vectors, SIZE_MAX);
  for (std::size_t i = 0; i < count; ++i) {
    text.append(static_cast<const char*>(vectors[i].iov_base), vectors[i].iov_len);
  }
  return text;
}

}  // namespace

TEST_CASE("what is pushed waits in order and is consumed from the front, at every cut") {
  const std::string expected =
      "HTTP\x81\x05hello\x82\x06"
      "binary"
      "\x81\x03"
      "end";
  for (std::size_t cut = 0; cut <= expected.size(); ++cut) {
    OutboxPool pool;
    Outbox outbox;
    outbox.push(pool, std::string("HTTP"));
    outbox.push(pool, frame("hello"));
    protocol::MessageBuffer message;
    const std::string_view binary = "binary";
    message.append(std::as_bytes(std::span(binary)), binary.size());
    outbox.push(pool, std::move(message), protocol::Opcode::binary);
    outbox.push(pool, frame("end"));
    CHECK(outbox.bytes() == expected.size());
    CHECK(waiting(outbox) == expected);
    outbox.consume(pool, cut);
    CHECK(waiting(outbox) == expected.substr(cut));
    CHECK(outbox.bytes() == expected.size() - cut);
    outbox.consume(pool, expected.size() - cut);
    CHECK(outbox.empty());
    CHECK(outbox.bytes() == 0);
  }
}

TEST_CASE("a pool frees what was not needed since the time before") {
  core::FreeList<core::OutboxPiece> pool(3);
  std::array<core::OutboxPiece*, 4> pieces{pool.take(), pool.take(), pool.take(), pool.take()};
  for (core::OutboxPiece* piece : pieces) {
    pool.give_back(piece);
  }
  CHECK(pool.count() == 3);  // it keeps no more
  pool.trim();
  CHECK(pool.count() == 3);  // they have only just come
  pool.give_back(pool.take());
  pool.trim();
  CHECK(pool.count() == 1);
  pool.trim();
  CHECK(pool.count() == 0);
}

TEST_CASE("gather offers no more pieces than there is room for, and no more bytes than it may") {
  OutboxPool pool;
  Outbox outbox;
  for (int i = 0; i < 10; ++i) {
    outbox.push(pool, frame("x"));  // three bytes each
  }
  std::array<iovec, 4> vectors;
  CHECK(outbox.gather(vectors, SIZE_MAX) == 4);
  CHECK(outbox.gather(vectors, 3) == 1);
  REQUIRE(outbox.gather(vectors, 7) == 3);
  CHECK(vectors[1].iov_len == 3);
  CHECK(vectors[2].iov_len == 1);
  CHECK(outbox.gather(vectors, 0) == 0);
  outbox.clear(pool);
}

TEST_CASE("what is held is the bytes and the pieces, until they are gone") {
  OutboxPool pool;
  Outbox outbox;
  for (int i = 0; i < 10; ++i) {
    outbox.push(pool, frame("x"));
  }
  CHECK(outbox.held_bytes() == 10 * (3 + sizeof(core::OutboxPiece)));
  outbox.consume(pool, 4);
  CHECK(outbox.held_bytes() == 26 + 9 * sizeof(core::OutboxPiece));
  SUBCASE("consumed") {
    outbox.consume(pool, 26);
  }
  SUBCASE("dropped") {
    outbox.drop_unstarted(pool);
    CHECK(outbox.held_bytes() == 2 + sizeof(core::OutboxPiece));
    outbox.consume(pool, 2);
  }
  SUBCASE("cleared") {
    outbox.clear(pool);
  }
  CHECK(outbox.held_bytes() == 0);
}

TEST_CASE("short borrowed frames are moved together, and sent as one piece") {
  OutboxPool pool;
  Outbox outbox;
  std::string buffer = "--ab----cd-efghi-";
  const auto frame_at = [&buffer](std::size_t at, std::size_t size) {
    return std::as_writable_bytes(std::span(buffer)).subspan(at, size);
  };
  outbox.push_borrowed(pool, frame_at(2, 2));
  outbox.push_borrowed(pool, frame_at(8, 2));
  outbox.consume(pool, 1);
  outbox.push_borrowed(pool, frame_at(11, 5));
  std::array<iovec, 4> vectors;
  CHECK(outbox.gather(vectors, SIZE_MAX) == 1);
  CHECK(waiting(outbox) == "bcdefghi");
  CHECK(outbox.bytes() == 8);
  outbox.push(pool, frame("x"));
  outbox.push_borrowed(pool, frame_at(16, 1));
  CHECK(waiting(outbox) == "bcdefghi\x81\x01x-");
  outbox.clear(pool);
}

TEST_CASE("long borrowed frames stay where they are") {
  OutboxPool pool;
  Outbox outbox;
  std::string buffer(10'000, '.');
  const auto bytes = std::as_writable_bytes(std::span(buffer));
  outbox.push_borrowed(pool, bytes.first(10));
  outbox.push_borrowed(pool, bytes.last(9'000));
  std::array<iovec, 4> vectors;
  CHECK(outbox.gather(vectors, SIZE_MAX) == 2);
  CHECK(vectors[1].iov_base == bytes.last(9'000).data());
  outbox.clear(pool);
}

TEST_CASE("borrowed bytes are copied where they still wait") {
  OutboxPool pool;
  Outbox outbox;
  std::string buffer = "abcdef";
  outbox.push_borrowed(pool, std::as_writable_bytes(std::span(buffer)).first(3));
  outbox.push_borrowed(pool, std::as_writable_bytes(std::span(buffer)).last(3));
  outbox.consume(pool, 2);
  outbox.own_borrowed();
  std::memset(buffer.data(), '!', buffer.size());
  CHECK(waiting(outbox) == "cdef");
  CHECK(outbox.bytes() == 4);
  outbox.clear(pool);
}

TEST_CASE("dropping leaves a piece that is partly written, and only that") {
  OutboxPool pool;
  Outbox outbox;
  outbox.push(pool, frame("first"));
  outbox.push(pool, frame("second"));
  outbox.push(pool, frame("third"));
  SUBCASE("nothing written") {
    outbox.drop_unstarted(pool);
    CHECK(outbox.empty());
  }
  SUBCASE("one byte of the second written") {
    outbox.consume(pool, 8);
    outbox.drop_unstarted(pool);
    CHECK(waiting(outbox) == "\x06second");
    CHECK(outbox.bytes() == 7);
  }
  SUBCASE("and what is sealed, if only in part") {
    outbox.consume(pool, 3);
    outbox.drop_unstarted(pool, 6);
    CHECK(waiting(outbox) == "irst\x81\x06second");
  }
  outbox.push(pool, frame("last"));
  CHECK(waiting(outbox).ends_with("last"));
  outbox.clear(pool);
  CHECK(outbox.empty());
}

TEST_CASE("an outbox agrees with a string over thousands of random steps") {
  std::mt19937 random(3);
  OutboxPool pool;
  Outbox outbox;
  std::string model;
  for (int step = 0; step < 5000; ++step) {
    if (random() % 2 == 0) {
      const std::string text(random() % 40, static_cast<char>('a' + random() % 26));
      outbox.push(pool, frame(text));
      model += static_cast<char>(0x81);
      model += static_cast<char>(text.size());
      model += text;
    } else {
      const std::size_t count = model.empty() ? 0 : random() % (std::min<std::size_t>(model.size(), 60) + 1);
      outbox.consume(pool, count);
      model.erase(0, count);
    }
    REQUIRE(outbox.bytes() == model.size());
    REQUIRE(outbox.empty() == model.empty());
    REQUIRE(model.starts_with(waiting(outbox)));
  }
  outbox.clear(pool);
}
