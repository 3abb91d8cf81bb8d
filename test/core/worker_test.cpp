#include "core/worker.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include "core/mailbox.h"

using namespace sentix;
using core::Worker;

TEST_CASE("a descriptor that cannot be watched is closed, and the worker goes on") {
  core::Shared shared({});
  Worker worker(shared, 0, {});
  core::FileDescriptor unpollable(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const int number = unpollable.get();
  bool closed = false;
  shared.mailboxes[0]->post_task([&](Worker& here) {
    here.adopt(std::move(unpollable), {});
    closed = ::fcntl(number, F_GETFD) == -1;
    here.stop(true);
  });
  worker.run();
  CHECK(closed);
}
