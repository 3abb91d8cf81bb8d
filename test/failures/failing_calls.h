#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sentix::test {

// The calls of the server that can be made to fail: this binary is linked with --wrap for each system call, so that
// what the product's objects call comes through here first, and has an operator new of its own.
enum class Call : std::uint8_t { accept, receive, send, watch, allocate };
inline constexpr std::array kCalls{Call::accept, Call::receive, Call::send, Call::watch, Call::allocate};

// How a call fails: with an error, or by transferring a single byte; an allocation by std::bad_alloc.
struct Failure {
  Call call;
  std::size_t nth;                // counted from 1
  std::optional<int> error = {};  // an errno, or an error of libuv for `watch`; nothing: one byte
};

// While it exists, the calls of all threads but the one that made it are counted, and one of them fails. System calls
// about connections that were there before are left alone: nothing may happen to those. There is one at a time.
class FailingCalls {
 public:
  FailingCalls() : FailingCalls(std::nullopt) {}  // only counts
  explicit FailingCalls(const std::optional<Failure>& failure);
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;
  ~FailingCalls();

  [[nodiscard]] std::size_t count(Call call) const;
};

}  // namespace sentix::test
