#include "tools/sentix/signals.h"

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace sentix::tools {

namespace {

constexpr int kWakeUp = SIGUSR1;  // ends the thread; a signal too, so that one call waits for everything
constexpr timespec kSecondSignalTimeout{1, 0};

sigset_t signal_set() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, kWakeUp}) {
    sigaddset(&set, number);
  }
  return set;
}

}  // namespace

void block_signals() {
  const sigset_t set = signal_set();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void unblock_signals() {
  const sigset_t set = signal_set();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

SignalThread::SignalThread(std::function<void()> stop, std::function<void()> reload)
    : stop_(std::move(stop)), reload_(std::move(reload)), thread_([this] { run(); }) {}

SignalThread::~SignalThread() {
  ending_ = true;
  pthread_kill(thread_.native_handle(), kWakeUp);
  thread_.join();
}

void SignalThread::run() {
  const sigset_t set = signal_set();
  int stops = 0;
  for (;;) {
    const int number = stops < 2 ? sigwaitinfo(&set, nullptr) : sigtimedwait(&set, nullptr, &kSecondSignalTimeout);
    if (ending_) {
      return;
    }
    if (number == SIGHUP) {
      reload_();
    } else if (stops == 2) {
      std::_Exit(1);
    } else if (number == SIGTERM || number == SIGINT) {
      ++stops;
      stop_();
    }
  }
}

}  // namespace sentix::tools
