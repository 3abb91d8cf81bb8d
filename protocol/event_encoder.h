#pragma once

#include "protocol/event.h"
#include "protocol/shared_frame.h"

namespace sentix::protocol {

// Each message of the server in sentix protocol 1, as a finished text frame. Keys come in the order of the protocol's
// description.
[[nodiscard]] SharedFrame encode(const Welcome& event);
[[nodiscard]] SharedFrame encode(const Authenticated& event);
[[nodiscard]] SharedFrame encode(const Subscribed& event);
[[nodiscard]] SharedFrame encode(const Unsubscribed& event);
[[nodiscard]] SharedFrame encode(const Published& event);
[[nodiscard]] SharedFrame encode(const Ok& event);
[[nodiscard]] SharedFrame encode(const HistoryReply& event);
[[nodiscard]] SharedFrame encode(const PresenceReply& event);
[[nodiscard]] SharedFrame encode(const Pong& event);
[[nodiscard]] SharedFrame encode(const ErrorReply& event);
[[nodiscard]] SharedFrame encode(const RelayedEvent& event);
[[nodiscard]] SharedFrame encode(const Joined& event);
[[nodiscard]] SharedFrame encode(const Left& event);
[[nodiscard]] SharedFrame encode(const Gap& event);

}  // namespace sentix::protocol
