#pragma once

#include <array>
#include <cstddef>

#include "core/counter.h"
#include "core/ending.h"

namespace sentix::core {

// What one worker has done since it began. The worker writes, whoever wants to know reads: no worker waits for a
// reader, and a worker that hangs can still be looked at. Each lies in cache lines of its own.
struct alignas(64) WorkerMetrics {
  Counter accepted;  // connections, whatever became of them
  Counter upgraded;  // of them: WebSockets
  Counter pages;     // of them: answered with the page
  Counter messages;  // received, text and binary
  Counter message_bytes;
  Counter received_bytes;  // from sockets, what is inside of TLS
  Counter sent_bytes;
  Counter deliveries;  // of publications, into outboxes
  Counter
      dropped;  // messages that waited for a client which was closed as too slow a reader, the first too many included
  Counter losses;  // how often the worker closed all its clients, because there was no memory for a publication
  std::array<Counter, kEndingCount> ended;  // connections, by Ending

  Histogram handshake;  // from accept to the response that upgrades
  Histogram delivery;   // from the broker to the outboxes of the worker's subscribers; one publication of 16
  Histogram loop_lag;   // how much later than asked for a timer of the loop fires
};

}  // namespace sentix::core
