#include "tools/load/meter.h"

namespace sentix::load {

namespace {

constexpr std::size_t kKindsMax = 20;  // a server that is broken may find a new sentence for each message

void count(std::map<std::string, std::uint64_t>& kinds, const std::string& kind) {
  ++kinds[kinds.size() < kKindsMax || kinds.contains(kind) ? kind : "and others"];
}

// Applies `change` to each number of two totals.
template <class Change>
void change_each(Totals& totals, const Totals& other, Change change) {
  change(totals.sent, other.sent);
  change(totals.received, other.received);
  change(totals.bytes_sent, other.bytes_sent);
  change(totals.bytes_received, other.bytes_received);
  change(totals.connected, other.connected);
  change(totals.ready, other.ready);
  change(totals.finished, other.finished);
  change(totals.errors, other.errors);
  change(totals.latency, other.latency);
}

}  // namespace

Totals& Totals::operator+=(const Totals& other) {
  change_each(*this, other, [](auto& mine, const auto& theirs) { mine += theirs; });
  return *this;
}

Totals& Totals::operator-=(const Totals& earlier) {
  change_each(*this, earlier, [](auto& mine, const auto& theirs) { mine -= theirs; });
  return *this;
}

void Meter::failed(const std::string& how) {
  errors_.add();
  const std::lock_guard lock(mutex_);
  count(failures_, how);
}

void Meter::ended(const std::string& how) {
  const std::lock_guard lock(mutex_);
  count(endings_, how);
}

Totals Meter::totals() const {
  return {.sent = sent.value(),
          .received = received.value(),
          .bytes_sent = bytes_sent.value(),
          .bytes_received = bytes_received.value(),
          .connected = connected.value(),
          .ready = ready.value(),
          .finished = finished.value(),
          .errors = errors_.value(),
          .latency = latency.snapshot()};
}

std::map<std::string, std::uint64_t> Meter::failures() const {
  const std::lock_guard lock(mutex_);
  return failures_;
}

std::map<std::string, std::uint64_t> Meter::endings() const {
  const std::lock_guard lock(mutex_);
  return endings_;
}

}  // namespace sentix::load
