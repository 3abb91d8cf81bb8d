#include "core/admin/tap.h"

#include <algorithm>
#include <utility>

#include "core/admin/query.h"
#include "protocol/names.h"

namespace sentix::core {
namespace {

using Outcome = channels::Broker::Subscribed::Outcome;

std::chrono::steady_clock::time_point now() {
  return std::chrono::steady_clock::now();
}

AdminAnswer refusal(const AdminContext& context, const std::string& channel, Outcome outcome) {
  if (outcome == Outcome::not_found) {
    return admin_error(404, "not_found", "There is no channel \"" + channel + "\".");
  }
  return admin_error(429, "limit_exceeded",
                     "There are as many channels as there may be: max_channels is " +
                         std::to_string(context.shared.broker->channels_max()) + ".");
}

}  // namespace

std::shared_ptr<Tap> Tap::open(AdminContext& context, const std::string& channel, Outcome& outcome) {
  auto tap = std::make_shared<Tap>(context, channel);
  auto inbox = std::make_shared<TapInbox>(context.options.tap_bytes_max, tap->waker());
  Shared& shared = context.shared;
  outcome = shared.broker->listen_in(channel, shared.rules.find(channel), inbox, now());
  if (outcome != Outcome::ok) {
    return nullptr;
  }
  tap->inbox_ = std::move(inbox);
  return tap;
}

Tap::Tap(AdminContext& context, std::string channel) : context_(context), channel_(std::move(channel)) {
  ++context_.taps;
}

Tap::~Tap() {
  if (inbox_) {
    context_.shared.broker->ignore(channel_, inbox_, now());
  }
  --context_.taps;
}

std::function<void()> Tap::waker() {
  return [inbox = context_.inbox, weak = weak_from_this()] {
    inbox->post([weak] {
      if (const auto tap = weak.lock()) {
        tap->tell_ready();
      }
    });
  };
}

std::string Tap::take() {
  const TapInbox::Taken taken = inbox_->take();
  std::string out;
  for (const protocol::SharedFrame& frame : taken.frames) {
    const auto payload = frame.payload();
    append_event(out, "message", {reinterpret_cast<const char*>(payload.data()), payload.size()});
  }
  if (taken.dropped > 0) {
    append_event(out, "dropped", std::to_string(taken.dropped));
  }
  return out;
}

void append_event(std::string& out, std::string_view name, std::string_view data) {
  out.append("event: ").append(name);
  for (std::size_t begin = 0; begin <= data.size();) {
    const std::size_t end = std::min(data.find_first_of("\r\n", begin), data.size());
    out.append("\ndata: ").append(data.substr(begin, end - begin));
    begin = end + 1;
  }
  out += "\n\n";
}

void answer_tap(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  AdminQuery query(request);
  const std::string channel = query.text("channel");
  if (!query.problem().empty() || !protocol::valid_channel_name(channel)) {
    return reply(bad_request("channel must be the name of a channel."));
  }
  if (context.taps >= context.options.taps_max) {
    return reply(admin_error(
        429, "limit_exceeded",
        "As many channels are tapped as may be: admin_taps is " + std::to_string(context.options.taps_max) + "."));
  }
  auto outcome = Outcome::ok;
  auto tap = Tap::open(context, channel, outcome);
  if (!tap) {
    return reply(refusal(context, channel, outcome));
  }
  reply({.body = {}, .content_type = "text/event-stream", .events = std::move(tap)});
}

}  // namespace sentix::core
