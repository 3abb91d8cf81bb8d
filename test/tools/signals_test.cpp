#include "tools/sentix/signals.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <future>

using namespace sentix::tools;

TEST_CASE("signals become calls, each of its kind") {
  block_signals();
  std::promise<void> reloaded;
  std::promise<void> stopped;
  std::promise<void> stopped_again;
  int stops = 0;
  const SignalThread signals([&] { (++stops == 1 ? stopped : stopped_again).set_value(); },
                             [&] { reloaded.set_value(); });
  kill(getpid(), SIGHUP);
  reloaded.get_future().get();
  kill(getpid(), SIGTERM);
  stopped.get_future().get();
  kill(getpid(), SIGINT);
  stopped_again.get_future().get();
}

TEST_CASE("a thread that no signal reached ends, and a signal that is none of its own does not end it") {
  block_signals();
  std::promise<void> stopped;
  {
    const SignalThread unused([] {}, [] {});
  }
  const SignalThread signals([&] { stopped.set_value(); }, [] {});
  kill(getpid(), SIGUSR1);
  kill(getpid(), SIGTERM);
  stopped.get_future().get();
}

TEST_CASE("a pipe without a reader is an error of the write") {
  block_signals();
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  close(ends[0]);
  CHECK(write(ends[1], "x", 1) == -1);
  close(ends[1]);
}
