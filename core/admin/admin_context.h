#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "core/admin/admin_inbox.h"
#include "core/shared.h"

namespace sentix::core {

// What those who answer requests work with. Of a server's parts they use only what any thread may: they read counters
// and snapshots, call the broker, and post to mailboxes; so no worker ever waits for the admin thread, to which all of
// this belongs.
struct AdminContext {
  AdminContext(Shared& of, const AdminOptions& given)
      : shared(of), options(given), inbox(std::make_shared<AdminInbox>()) {}

  Shared& shared;
  const AdminOptions options;
  std::shared_ptr<AdminInbox> inbox;
  std::chrono::system_clock::time_point began = std::chrono::system_clock::now();
  std::map<std::uint16_t, std::uint64_t> answers;  // given so far, by status
  std::uint64_t publications = 0;                  // by the HTTP API
  std::size_t taps = 0;                            // of channels, at this moment
  std::uint64_t made_way = 0;                      // connections that had to, because there were too many

  // What to do when its time has come, unless it is of no use any more: looked at a few times a second.
  using Clock = std::chrono::steady_clock;
  std::multimap<Clock::time_point, std::function<void()>> later;

  void do_later(std::function<void()> task) { later.emplace(Clock::now() + options.answer_timeout, std::move(task)); }
  void do_what_is_due() {
    while (!later.empty() && later.begin()->first <= Clock::now()) {
      later.extract(later.begin()).mapped()();
    }
  }
};

}  // namespace sentix::core
