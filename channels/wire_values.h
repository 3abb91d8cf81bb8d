#pragma once

#include <vector>

#include "channels/position.h"
#include "channels/presence.h"
#include "protocol/command.h"
#include "protocol/event.h"

namespace sentix::channels {

// Values of this layer as the protocol's encoder and decoder have them. Those of the protocol borrow from what they
// were made from.
[[nodiscard]] protocol::Position to_wire(const Position& position);
[[nodiscard]] Position from_wire(const protocol::Position& position);

[[nodiscard]] protocol::Member to_wire(const Member& member);
[[nodiscard]] std::vector<protocol::Member> to_wire(const std::vector<Member>& members);

}  // namespace sentix::channels
