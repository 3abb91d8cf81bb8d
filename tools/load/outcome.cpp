#include "tools/load/outcome.h"

#include <cmath>

namespace sentix::load {

namespace {

constexpr double kMicroseconds = 1e6;
constexpr double kBusy = 0.9;  // of a thread's time: from here on it is what limits the rate

}  // namespace

Interval between(const Moment& first, const Moment& last, double measured_from) {
  Interval interval{.begin = first.seconds - measured_from,
                    .seconds = last.seconds - first.seconds,
                    .totals = last.totals,
                    .client_cpu_seconds = last.client_cpu_seconds - first.client_cpu_seconds,
                    .server_cpu_seconds = std::nullopt};
  interval.totals -= first.totals;
  if (first.server && last.server) {
    interval.server_cpu_seconds = last.server->cpu_seconds - first.server->cpu_seconds;
  }
  return interval;
}

std::optional<double> MemoryGrowth::bytes_per_connection() const {
  if (all.connections <= first.connections) {
    return std::nullopt;
  }
  return (static_cast<double>(all.resident_bytes) - static_cast<double>(first.resident_bytes)) /
         static_cast<double>(all.connections - first.connections);
}

double Outcome::rate() const {
  return measured.seconds > 0 ? static_cast<double>(measured.totals.received) / measured.seconds : 0;
}

std::optional<double> Outcome::server_microseconds() const {
  if (!measured.server_cpu_seconds || measured.totals.received == 0) {
    return std::nullopt;
  }
  return *measured.server_cpu_seconds * kMicroseconds / static_cast<double>(measured.totals.received);
}

double Outcome::client_share() const {
  return measured.seconds > 0 ? measured.client_cpu_seconds / measured.seconds / static_cast<double>(options.threads)
                              : 0;
}

std::optional<double> Outcome::server_share() const {
  return measured.server_cpu_seconds && measured.seconds > 0
             ? std::optional(*measured.server_cpu_seconds / measured.seconds)
             : std::nullopt;
}

std::vector<std::string> Outcome::warnings() const {
  std::vector<std::string> sentences;
  if (interrupted) {
    sentences.emplace_back("interrupted: this is what was measured until then");
  }
  const bool server_is_busier = server_share().value_or(0) > client_share();
  if (options.rate == 0 && client_share() > kBusy && !server_is_busier) {
    sentences.emplace_back("the client was busy all the time, so the server may be faster than this; try --threads");
  }
  const auto asked = static_cast<std::uint64_t>(std::llround(options.rate * measured.seconds));
  if (options.rate > 0 && measured.totals.sent < asked - asked / 50) {
    sentences.emplace_back("fewer messages were sent than --rate asks for: the client could not keep up");
  }
  if (options.rate > 0 && static_cast<double>(unanswered) > options.rate) {
    sentences.push_back("the server did not keep up: " + std::to_string(unanswered) +
                        " requests were unanswered at the end, more than a second's worth");
  }
  return sentences;
}

}  // namespace sentix::load
