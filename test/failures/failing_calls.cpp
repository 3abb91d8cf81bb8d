#include "test/failures/failing_calls.h"

#include <sys/socket.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <new>
#include <set>

namespace sentix::test {
namespace {

// Outlives every FailingCalls, because the server's threads may come at any time.
struct State {
  std::mutex mutex;
  bool in_force = false;
  std::optional<Failure> failure;
  std::array<std::size_t, kCalls.size()> counts{};
  std::set<int> connections;  // that were accepted meanwhile
};

State& state() {
  static State state;
  return state;
}

std::atomic<bool> any_in_force = false;  // a look at it costs no lock

thread_local bool is_test_thread = false;

enum class Verdict : std::uint8_t { goes_on, fails, one_byte };

// Counts a call. Whether it is the one that fails.
bool is_due(State& now, Call call) {
  const std::size_t number = ++now.counts[static_cast<std::size_t>(call)];
  return now.failure && now.failure->call == call && now.failure->nth == number;
}

// What becomes of a system call that concerns `fd`. Where it fails, errno is set.
Verdict judge(Call call, int fd) {
  State& now = state();
  const std::lock_guard lock(now.mutex);
  if (is_test_thread || !now.in_force || (call != Call::accept && !now.connections.contains(fd)) ||
      !is_due(now, call)) {
    return Verdict::goes_on;
  }
  if (!now.failure->error) {
    return Verdict::one_byte;
  }
  errno = *now.failure->error;
  return Verdict::fails;
}

thread_local bool in_here = false;  // what is allocated in here is not the server's

void note_accepted(int fd) {
  State& now = state();
  const std::lock_guard lock(now.mutex);
  if (!is_test_thread && now.in_force) {
    in_here = true;
    now.connections.insert(fd);
    in_here = false;
  }
}

bool allocation_fails() {
  if (is_test_thread || in_here || !any_in_force) {
    return false;
  }
  State& now = state();
  const std::lock_guard lock(now.mutex);
  return now.in_force && is_due(now, Call::allocate);
}

void* allocate(std::size_t size, std::size_t alignment) {
  if (allocation_fails()) {
    throw std::bad_alloc();
  }
  // aligned_alloc() wants a multiple of the alignment.
  void* const memory =
      std::aligned_alloc(alignment, (std::max<std::size_t>(size, 1) + alignment - 1) / alignment * alignment);
  return memory != nullptr ? memory : throw std::bad_alloc();
}

}  // namespace

FailingCalls::FailingCalls(const std::optional<Failure>& failure) {
  is_test_thread = true;
  State& now = state();
  const std::lock_guard lock(now.mutex);
  now.in_force = any_in_force = true;
  now.failure = failure;
  now.counts = {};
  now.connections.clear();
}

FailingCalls::~FailingCalls() {
  State& now = state();
  const std::lock_guard lock(now.mutex);
  now.in_force = any_in_force = false;
}

std::size_t FailingCalls::count(Call call) const {
  State& now = state();
  const std::lock_guard lock(now.mutex);
  return now.counts[static_cast<std::size_t>(call)];
}

}  // namespace sentix::test

using sentix::test::Call;
using sentix::test::Verdict;

// --- What C++ lets a program replace: the other forms come here by themselves ---

void* operator new(std::size_t size) {
  return sentix::test::allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return sentix::test::allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

// --- What the linker puts in front of the real ones. The names are its own ---

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier)

int __real_accept4(int fd, sockaddr* address, socklen_t* size, int flags);
ssize_t __real_recv(int fd, void* into, size_t size, int flags);
ssize_t __real_send(int fd, const void* from, size_t size, int flags);
ssize_t __real_sendmsg(int fd, const msghdr* message, int flags);
int __real_uv_poll_init(uv_loop_t* loop, uv_poll_t* handle, int fd);

int __wrap_accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  if (sentix::test::judge(Call::accept, fd) == Verdict::fails) {
    return -1;
  }
  const int client = __real_accept4(fd, address, size, flags);
  if (client >= 0) {
    sentix::test::note_accepted(client);
  }
  return client;
}

ssize_t __wrap_recv(int fd, void* into, size_t size, int flags) {
  switch (sentix::test::judge(Call::receive, fd)) {
    case Verdict::fails:
      return -1;
    case Verdict::one_byte:
      return __real_recv(fd, into, 1, flags);
    case Verdict::goes_on:
      break;
  }
  return __real_recv(fd, into, size, flags);
}

ssize_t __wrap_send(int fd, const void* from, size_t size, int flags) {
  switch (sentix::test::judge(Call::send, fd)) {
    case Verdict::fails:
      return -1;
    case Verdict::one_byte:
      return __real_send(fd, from, std::min<size_t>(size, 1), flags);
    case Verdict::goes_on:
      break;
  }
  return __real_send(fd, from, size, flags);
}

ssize_t __wrap_sendmsg(int fd, const msghdr* message, int flags) {
  switch (sentix::test::judge(Call::send, fd)) {
    case Verdict::fails:
      return -1;
    case Verdict::one_byte:
      return __real_send(fd, message->msg_iov[0].iov_base, 1, flags);
    case Verdict::goes_on:
      break;
  }
  return __real_sendmsg(fd, message, flags);
}

int __wrap_uv_poll_init(uv_loop_t* loop, uv_poll_t* handle, int fd) {
  if (sentix::test::judge(Call::watch, fd) == Verdict::fails) {
    return errno;
  }
  return __real_uv_poll_init(loop, handle, fd);
}

// NOLINTEND(bugprone-reserved-identifier)

}  // extern "C"
