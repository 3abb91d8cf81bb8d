#include "protocol/buffer_pool.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "protocol/message_buffer.h"
#include "test/support/cuts.h"

namespace sentix::protocol {
namespace {

constexpr std::size_t kKiB = 1024;

BufferPool::Block block_of(std::size_t bytes) {
  return {.memory = Memory(static_cast<std::byte*>(std::malloc(bytes))), .bytes = bytes};
}

TEST_CASE("the smallest block that is large enough is taken") {
  BufferPool pool(1024 * kKiB);
  for (const std::size_t bytes : {300 * kKiB, 100 * kKiB, 200 * kKiB}) {
    pool.give(block_of(bytes));
  }
  CHECK(pool.kept_bytes() == 600 * kKiB);
  CHECK(pool.take(150 * kKiB).bytes == 200 * kKiB);
  CHECK(pool.take(150 * kKiB).bytes == 300 * kKiB);
  CHECK(!pool.take(150 * kKiB).memory);
  CHECK(pool.take(100 * kKiB).bytes == 100 * kKiB);
  CHECK(pool.kept_bytes() == 0);
}

TEST_CASE("a large block is not given away for little") {
  BufferPool pool(2048 * kKiB);
  pool.give(block_of(1024 * kKiB));
  CHECK(!pool.take(64 * kKiB).memory);
  CHECK(pool.take(256 * kKiB).memory);
}

TEST_CASE("small blocks are not kept, nor more than the limit") {
  BufferPool pool(200 * kKiB);
  pool.give(block_of(BufferPool::kBlockBytesMin - 1));
  CHECK(pool.kept_bytes() == 0);
  pool.give(block_of(150 * kKiB));
  pool.give(block_of(64 * kKiB));
  CHECK(pool.kept_bytes() == 150 * kKiB);
}

TEST_CASE("trimming frees what was not needed since the time before") {
  BufferPool pool(1024 * kKiB);
  for (int i = 0; i < 3; ++i) {
    pool.give(block_of(100 * kKiB));
  }
  pool.trim();
  CHECK(pool.kept_bytes() == 300 * kKiB);  // they have only just come
  BufferPool::Block taken = pool.take(100 * kKiB);
  pool.give(std::move(taken));
  pool.trim();
  CHECK(pool.kept_bytes() == 100 * kKiB);
  pool.trim();
  CHECK(pool.kept_bytes() == 0);
}

TEST_CASE("what is not kept is freed in steps, in larger ones where much waits") {
  constexpr std::size_t kStep = BufferPool::kStepBytes;
  BufferPool pool(kStep);
  pool.give(block_of(kStep));      // kept
  pool.give(block_of(kStep));      // freed at once
  pool.give(block_of(2 * kStep));  // freed in steps
  pool.give(block_of(kStep + 1));
  CHECK(pool.kept_bytes() == kStep);
  CHECK(pool.leaving_bytes() == 3 * kStep + 1);
  CHECK(pool.free_some());
  CHECK(pool.leaving_bytes() == 2 * kStep + 1);
  pool.trim();
  pool.trim();
  CHECK(pool.kept_bytes() == 0);
  CHECK(pool.free_some());
  CHECK(pool.leaving_bytes() == kStep + 1);
  CHECK(pool.free_some());
  CHECK(!pool.free_some());
  CHECK(pool.leaving_bytes() == 0);
  CHECK(!pool.free_some());
  for (int i = 0; i < 32; ++i) {
    pool.give(block_of(2 * kStep));
  }
  CHECK(pool.free_some());
  CHECK(pool.leaving_bytes() == 56 * kStep);
}

TEST_CASE("a message gets the memory of the one before") {
  BufferPool pool(1024 * kKiB);
  const std::byte* memory = nullptr;
  {
    MessageBuffer first(&pool);
    const auto space = first.free_space(100 * kKiB);
    CHECK(space.size() < 100 * kKiB);  // nothing is allocated for what was merely announced
    while (first.size() < 100 * kKiB) {
      first.extend(first.free_space(100 * kKiB - first.size()).size());
    }
    memory = first.payload().data();
  }
  CHECK(pool.kept_bytes() > 100 * kKiB);
  MessageBuffer second(&pool);
  const auto space = second.free_space(90 * kKiB);
  CHECK(space.data() == memory);
  CHECK(space.size() == 90 * kKiB);
  CHECK(pool.kept_bytes() == 0);
}

TEST_CASE("a moved message gives its memory back once") {
  BufferPool pool(1024 * kKiB);
  MessageBuffer message(&pool);
  message.append(std::vector<std::byte>(100 * kKiB), 100 * kKiB);
  MessageBuffer moved = std::move(message);
  MessageBuffer assigned(&pool);
  assigned.append(std::vector<std::byte>(70 * kKiB), 70 * kKiB);
  assigned = std::move(moved);
  CHECK(pool.kept_bytes() == 70 * kKiB + 16);
  assigned = MessageBuffer(&pool);
  CHECK(pool.kept_bytes() == 170 * kKiB + 32);
}

TEST_CASE("small messages leave the pool alone") {
  BufferPool pool(1024 * kKiB);
  pool.give(block_of(64 * kKiB));
  MessageBuffer message(&pool);
  message.append(test::as_bytes("hello"), 1000);
  CHECK(pool.kept_bytes() == 64 * kKiB);
}

}  // namespace
}  // namespace sentix::protocol
