#pragma once

#include <cstdint>
#include <span>
#include <utility>

namespace sentix::channels {

class Channel;

// That a session listens to a channel: the session's end of the edge. The other is Subscription (registry.h).
struct Listening {
  Channel* channel;
  std::uint32_t place_in_channel;  // index in Channel::subscriptions()
};

// What one session listens to, in no order that means anything. Most clients listen to one channel, and that one costs
// no memory beside the list itself.
class ListeningList {
 public:
  ListeningList() : one_{} {}
  ListeningList(const ListeningList&) = delete;
  ListeningList& operator=(const ListeningList&) = delete;
  ~ListeningList();

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::span<Listening> all() { return {data(), size_}; }
  [[nodiscard]] std::span<const Listening> all() const { return {const_cast<ListeningList*>(this)->data(), size_}; }

  void push_back(const Listening& listening);

  // Takes out what is at `place`, where the last one goes. True where that is another one.
  bool take_out(std::uint32_t place) noexcept;

 private:
  Listening* data() { return size_ <= 1 ? &one_ : many_; }

  union {
    Listening one_;
    Listening* many_;  // from two on; room for the power of two that is not below size_, at least
  };
  std::uint32_t size_ = 0;
};

}  // namespace sentix::channels
