#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/admin/admin_context.h"
#include "core/admin/event_stream.h"
#include "core/admin/exchange.h"
#include "core/admin/tap_inbox.h"

namespace sentix::core {

// One channel as somebody watches it go by: what its subscribers get, as events whose data is the JSON message, and
// where that was too much "event: dropped" with the number of those that were left out. It is no client: it is not
// counted and not listed. Belongs to the admin thread.
class Tap final : public EventStream, public std::enable_shared_from_this<Tap> {
 public:
  // Null where the channel cannot be; `outcome` then tells why.
  static std::shared_ptr<Tap> open(AdminContext& context, const std::string& channel,
                                   channels::Broker::Subscribed::Outcome& outcome);
  Tap(AdminContext& context, std::string channel);  // for open()
  ~Tap() override;
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  [[nodiscard]] std::string take() override;

 private:
  [[nodiscard]] std::function<void()> waker();

  AdminContext& context_;
  const std::string channel_;
  std::shared_ptr<TapInbox> inbox_;  // while it listens
};

// One event. The lines of `data`, which in JSON can only end between its tokens, become lines of the event.
void append_event(std::string& out, std::string_view name, std::string_view data);

// GET /api/tap?channel=lobby: Server-Sent Events until the client has enough. 429 where there are `taps_max` already,
// 404 where a channel of that name has to be configured and is not.
void answer_tap(AdminContext& context, const AdminRequest& request, const AdminReply& reply);

}  // namespace sentix::core
