#pragma once

#include <cstdint>

#include "channels/session_id.h"
#include "protocol/shared_frame.h"

namespace sentix::channels {

// One life of one channel, from its creation until it has gone: unique in this process, never reused. A channel that is
// created anew under an old name has another incarnation, so that what was on its way to the old one reaches nobody.
using Incarnation = std::uint64_t;

// What a broker hands to every interested worker, and a worker to its subscribers: a message, an event, a join or a
// leave. Small, so that it is copied into mailboxes; the frame inside is shared.
struct Publication {
  protocol::SharedFrame frame;
  Incarnation incarnation = 0;
  // Counts everything that was ever published to this incarnation, history or not, from 1. Every worker gets one
  // channel's publications in this order, and a subscription takes those above the sequence at which it began.
  std::uint64_t sequence = 0;
  SessionId except = SessionId::none;  // who does not get it: the sender of an event, the one who joined
  bool tells_members = false;          // a join or a leave: only for those who may see who is there
  std::uint32_t receivers = 0;         // how many of the inbox's sessions listen to the channel
  std::uint32_t posted_at_us = 0;      // by an inbox that measures how long it waits there; 0: not measured
};

}  // namespace sentix::channels
