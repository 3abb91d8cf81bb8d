#include "channels/events.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "channels/thrown.h"
#include "protocol/names.h"

namespace sentix::channels {

namespace {

constexpr std::string_view kClientEventPrefix = "event.";

// In the order of EventType.
constexpr std::array<std::string_view, 8> kNames = {
    "connection.open",      "connection.close", "message.received", "channel.subscribed",
    "channel.unsubscribed", "auth.succeeded",   "auth.failed",      "error",
};
static_assert(kNames[static_cast<std::size_t>(EventType::error)] == "error");

std::string full_name(const Event& event) {
  if (event.type == EventType::client_event) return std::string(kClientEventPrefix) + std::string(event.name);
  return std::string(kNames[static_cast<std::size_t>(event.type)]);
}

bool concerns(const std::string& channel, const Event& event) {
  return channel.empty() || channel == event.channel;
}

}  // namespace

void Handlers::on(std::string_view name, Handler handler, std::string_view channel) {
  Entries& entries = entries_named(name);
  Entry entry{std::string(channel), std::move(handler)};
  const auto first_for_a_channel =
      std::find_if(entries.begin(), entries.end(), [](const Entry& e) { return !e.channel.empty(); });
  entries.insert(channel.empty() ? first_for_a_channel : entries.end(), std::move(entry));
}

Handlers::Entries& Handlers::entries_named(std::string_view name) {
  if (const auto known = std::find(kNames.begin(), kNames.end(), name); known != kNames.end()) {
    return by_type_[static_cast<std::size_t>(known - kNames.begin())];
  }
  const bool client_event = name.substr(0, kClientEventPrefix.size()) == kClientEventPrefix;
  if (client_event && protocol::valid_event_name(name.substr(kClientEventPrefix.size()))) {
    return client_events_[std::string(name.substr(kClientEventPrefix.size()))];
  }
  throw std::invalid_argument("there is no event \"" + std::string(name) + "\" to hear of");
}

const Handlers::Entries& Handlers::entries_for(const Event& event) const {
  static const Entries none;
  if (event.type != EventType::client_event) return by_type_[static_cast<std::size_t>(event.type)];
  const auto found = client_events_.find(event.name);
  return found == client_events_.end() ? none : found->second;
}

bool Handlers::any(const Event& event) const {
  const Entries& entries = entries_for(event);
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Entry& entry) { return concerns(entry.channel, event); });
}

Handlers::Outcome Handlers::fire(const Event& event) const {
  auto outcome = Outcome::pass;
  for (const Entry& entry : entries_for(event)) {
    if (concerns(entry.channel, event)) outcome = std::max(outcome, call(entry, event));
  }
  return outcome;
}

Handlers::Outcome Handlers::call(const Entry& entry, const Event& event) const {
  try {
    return entry.handler(event) == Verdict::drop ? Outcome::drop : Outcome::pass;
  } catch (...) {
    if (event.type != EventType::error) {
      report(event.session, event.channel, "A handler of " + full_name(event) + " threw: " + thrown_text());
    }
    return Outcome::failed;
  }
}

void Handlers::report(Session* session, std::string_view channel, std::string_view sentence) const {
  fire({.type = EventType::error, .session = session, .channel = channel, .data = sentence});
}

}  // namespace sentix::channels
