#pragma once

#include <functional>
#include <string>
#include <utility>

namespace sentix::core {

// The body of an answer that has no end of its own: Server-Sent Events (HTML Standard §9.2), for as long as the client
// stays. Its connection owns it; everything is for the admin thread.
class EventStream {
 public:
  virtual ~EventStream() = default;

  // All that is to be sent now, whole events; empty: nothing at the moment. Asked for again when the client has taken
  // it, and whenever tell_ready() is called.
  [[nodiscard]] virtual std::string take() = 0;

  void when_ready(std::function<void()> tell) { tell_ = std::move(tell); }

 protected:
  void tell_ready() {
    if (tell_) {
      tell_();
    }
  }

 private:
  std::function<void()> tell_;
};

}  // namespace sentix::core
