#include "tools/load/run.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "tools/load/report.h"
#include "tools/load/shard.h"

namespace sentix::load {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStep{20};  // how often the state of things is looked at
constexpr milliseconds kSecond{1'000};
constexpr milliseconds kStuck{10'000};     // without a new connection
constexpr milliseconds kSettle{500};       // before memory is read
constexpr milliseconds kLastWords{2'000};  // for a slow reader to read why it was closed
constexpr milliseconds kCloseTimeout{2'000};
constexpr std::size_t kFirstConnections = 1'000;

double seconds_of(steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Run {
 public:
  explicit Run(const Options& options) : options_(options) {
    for (std::size_t i = 0; i < options.threads; ++i) {
      shards_.push_back(std::make_unique<Shard>(options_, i));
    }
  }

  Outcome carry_out() {
    Outcome outcome;
    outcome.options = options_;
    connect(outcome);
    proceed(Shard::Step::run);
    pause(options_.warmup, "warming up");
    measure(outcome);
    leave();
    for (const auto& shard : shards_) {
      add(outcome.failures, shard->meter().failures());
      add(outcome.endings, shard->meter().endings());
    }
    outcome.interrupted = interrupted_;
    if (outcome.measured.totals.received == 0 && options_.scenario != ScenarioKind::idle && !interrupted_) {
      ++outcome.failures["nothing came back during the whole measurement"];
    }
    return outcome;
  }

 private:
  // A watched server's memory is read when about a thousand connections are there, and when all are: what the process
  // needs anyway, and what its allocator takes in advance, are no part of the difference.
  void connect(Outcome& outcome) {
    const auto before = usage();
    std::size_t wanted = 0;
    for (const auto& shard : shards_) {
      wanted += shard->clients();
    }
    MemoryGrowth::Point first{};
    const bool in_two_steps = before && wanted >= 2 * kFirstConnections;
    if (in_two_steps) {
      first = memory_at(connect_up_to(kFirstConnections / shards_.size()));
    }
    outcome.connections = connect_up_to(wanted);
    outcome.connect_seconds = seconds_of(steady_clock::now() - began_);
    if (in_two_steps) {
      outcome.memory =
          MemoryGrowth{.before = {0, before->resident_bytes}, .first = first, .all = memory_at(outcome.connections)};
    }
  }

  // Has each shard open at most `limit` of its connections. Returns how many are ready in all.
  std::size_t connect_up_to(std::size_t limit) {
    std::size_t wanted = 0;
    for (const auto& shard : shards_) {
      const std::size_t of_shard = std::min(shard->clients(), limit);
      shard->open(of_shard);
      wanted += of_shard;
    }
    Totals last;
    auto last_change = steady_clock::now();
    for (;;) {
      const Totals now = totals();
      if (now.ready >= wanted || interrupted_) {
        return now.ready;
      }
      if (now.errors > 0 || now.finished > 0) {
        throw std::runtime_error(options_.target.url + ": " + first_failure());
      }
      if (now.ready != last.ready || now.connected != last.connected) {
        last = now;
        last_change = steady_clock::now();
      } else if (steady_clock::now() - last_change > kStuck) {
        throw std::runtime_error(options_.target.url + ": only " + std::to_string(now.ready) + " of " +
                                 std::to_string(wanted) + " connections are ready, and nothing happens any more");
      }
      show("connecting: " + std::to_string(now.ready) + " of " + std::to_string(wanted));
      wait(kStep);
    }
  }

  MemoryGrowth::Point memory_at(std::size_t connections) {
    wait(kSettle);
    const auto now = usage();
    return {.connections = connections, .resident_bytes = now ? now->resident_bytes : 0};
  }

  void measure(Outcome& outcome) {
    const Moment begin = moment();
    const auto end_time = steady_clock::now() + options_.duration;
    Moment last = begin;
    while (!interrupted_ && steady_clock::now() < end_time) {
      wait(std::min(kSecond, std::chrono::ceil<milliseconds>(end_time - steady_clock::now())));
      Moment now = moment();
      outcome.seconds.push_back(between(last, now, begin.seconds));
      show(progress(outcome.seconds.back(), options_));
      last = std::move(now);
    }
    show("");
    outcome.measured = between(begin, last, begin.seconds);
    if (last.server) {
      outcome.server_resident_bytes = last.server->resident_bytes;
    }
    const bool answers = options_.scenario == ScenarioKind::echo || options_.scenario == ScenarioKind::publish;
    outcome.unanswered = answers ? last.totals.sent - last.totals.received : 0;
  }

  void leave() {
    proceed(Shard::Step::stop);
    if (options_.slow > 0) {
      wait(kLastWords);
    }
    proceed(Shard::Step::close);
    const auto end_time = steady_clock::now() + kCloseTimeout;
    for (Totals now = totals(); now.finished < now.connected && steady_clock::now() < end_time; now = totals()) {
      std::this_thread::sleep_for(kStep);
    }
  }

  void proceed(Shard::Step step) {
    for (const auto& shard : shards_) {
      shard->proceed(step);
    }
  }

  Totals totals() const {
    Totals sum;
    for (const auto& shard : shards_) {
      sum += shard->meter().totals();
    }
    return sum;
  }

  std::optional<ProcessUsage> usage() const {
    return options_.server_pid != 0 ? usage_of(options_.server_pid) : std::nullopt;
  }

  Moment moment() const {
    return {.seconds = seconds_of(steady_clock::now() - began_),
            .totals = totals(),
            .client_cpu_seconds = own_cpu_seconds(),
            .server = usage()};
  }

  std::string first_failure() const {
    for (const auto& shard : shards_) {
      if (const auto failures = shard->meter().failures(); !failures.empty()) {
        return failures.begin()->first;
      }
    }
    return "the connection ended";
  }

  static void add(std::map<std::string, std::uint64_t>& sum, const std::map<std::string, std::uint64_t>& more) {
    for (const auto& [kind, count] : more) {
      sum[kind] += count;
    }
  }

  void pause(milliseconds duration, const std::string& why) {
    if (duration > milliseconds::zero()) {
      show(why);
      wait(duration);
    }
  }

  // Waits, unless a signal says that it is enough.
  void wait(milliseconds duration) {
    if (interrupted_) {
      return;
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    const timespec time{.tv_sec = duration.count() / 1000, .tv_nsec = duration.count() % 1000 * 1'000'000};
    interrupted_ = sigtimedwait(&signals, nullptr, &time) > 0;
  }

  // One line that is written over and over.
  void show(const std::string& line) const {
    if (shows_) {
      std::fprintf(stderr, "\r\033[K%s", line.c_str());
    }
  }

  const Options& options_;
  std::vector<std::unique_ptr<Shard>> shards_;
  const steady_clock::time_point began_ = steady_clock::now();
  const bool shows_ = !options_.quiet && ::isatty(STDERR_FILENO) != 0;
  bool interrupted_ = false;
};

}  // namespace

Outcome run(const Options& options) {
  return Run(options).carry_out();
}

}  // namespace sentix::load
