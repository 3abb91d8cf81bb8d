#include "tools/load/request_loop.h"

#include <algorithm>
#include <utility>

namespace sentix::load {

Requests repeated(const Bytes& request, std::size_t wanted) {
  constexpr std::size_t kBytesMax = 256 * 1024;
  const std::size_t room = std::max(kBytesMax / request.size(), std::size_t{1});
  const std::size_t count = std::clamp(wanted, std::size_t{1}, room);
  Bytes all;
  all.reserve(count * request.size());
  for (std::size_t i = 0; i < count; ++i) {
    all.insert(all.end(), request.begin(), request.end());
  }
  return {.copies = std::make_shared<const Bytes>(std::move(all)), .bytes = request.size()};
}

void TimeQueue::push(std::uint64_t time) {
  if (size_ == ring_.size()) {
    std::rotate(ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(front_), ring_.end());
    front_ = 0;
    ring_.resize(2 * ring_.size());
  }
  ring_[(front_ + size_++) & (ring_.size() - 1)] = time;
}

std::uint64_t TimeQueue::pop() {
  const std::uint64_t time = ring_[front_];
  front_ = (front_ + 1) & (ring_.size() - 1);
  --size_;
  return time;
}

void RequestLoop::start() {
  running_ = true;
  if (options_.rate > 0 && !askers_.empty()) {
    pacer_.emplace(fleet_.loop(), options_.rate / static_cast<double>(options_.threads),
                   [this](std::uint64_t time) { ask(turn_++ % askers_.size(), 1, time); });
    pacer_->start();
    return;
  }
  for (std::size_t i = 0; i < askers_.size(); ++i) {
    ask(i, options_.in_flight, now());
  }
}

void RequestLoop::stop() {
  running_ = false;
  if (pacer_) {
    pacer_->stop();
  }
}

bool RequestLoop::answered(Client& client, std::size_t count) {
  Asker& asker = askers_[client.index()];
  const bool asked = count <= asker.under_way.size();
  if (!asked) {
    fleet_.meter().failed("the server answered what nobody had asked");
    count = asker.under_way.size();
  }
  if (batch_time_ == 0) {
    batch_time_ = now();
  }
  for (std::size_t i = 0; i < count; ++i) {
    fleet_.meter().latency.record(batch_time_ - std::min(batch_time_, asker.under_way.pop()));
  }
  fleet_.meter().received.add(count);
  asker.due += count;
  return asked;
}

void RequestLoop::ask_again(Client& client) {
  const std::uint64_t time = std::exchange(batch_time_, 0);
  const std::size_t due = std::exchange(askers_[client.index()].due, 0);
  if (due > 0 && options_.rate == 0 && running_) {
    ask(client.index(), due, time);
  }
}

void RequestLoop::ask(std::size_t index, std::size_t count, std::uint64_t time) {
  Asker& asker = askers_[index];
  for (std::size_t i = 0; i < count; ++i) {
    asker.under_way.push(time);
  }
  fleet_.meter().sent.add(count);
  const std::size_t copies = asker.requests.copies->size() / asker.requests.bytes;
  while (count > 0) {
    const std::size_t together = std::min(count, copies);
    fleet_.at(index).send(asker.requests.copies, together * asker.requests.bytes);
    count -= together;
  }
}

}  // namespace sentix::load
