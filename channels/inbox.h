#pragma once

#include <cstddef>
#include <functional>

#include "channels/publication.h"

namespace sentix::channels {

class Session;

// The way into one worker, from any thread; core's Mailbox, or a test's list. The broker posts into it as long as one
// of the worker's sessions listens to something. It is held by a shared_ptr, because an authenticator may answer after
// the server has gone.
class Inbox {
 public:
  virtual ~Inbox() = default;

  // Queues a publication for this worker's subscribers. Never blocks on anything but a short lock, and where there is
  // no memory for it, does as lose() says. The broker calls it with a channel's lock held: that is what makes one
  // channel's order the same everywhere. (Lock order: broker stripe, then inbox.)
  virtual void post(const Publication& publication) noexcept = 0;

  // There was no memory to make or to queue something that this worker's subscribers should have got. They are closed,
  // so that they know, and recover what they missed.
  virtual void lose() noexcept = 0;

  // Runs `task` later on this worker's thread with the session, if it is still there then. Any thread may call it.
  virtual void post_task(SessionId session, std::function<void(Session&)> task) = 0;

  // Whether more is waiting here than should be: who feeds this inbox, with publications for so many of its sessions,
  // is to be read from more slowly.
  [[nodiscard]] virtual bool congested(std::size_t receivers) const = 0;

  // Whether as much is waiting here as may be: who can do without posting does.
  [[nodiscard]] virtual bool full() const = 0;
};

}  // namespace sentix::channels
