#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "protocol/handshake.h"
#include "protocol/http_request.h"
#include "protocol/request_parser.h"

namespace sentix::core {

// One connection before it is a WebSocket: gathers the request head and decides what to do about it. It keeps bytes
// only where a head does not arrive at once.
class Handshake {
 public:
  explicit Handshake(const protocol::RequestLimits& limits) : limits_(limits) {}
  Handshake(const Handshake&) = delete;
  Handshake& operator=(const Handshake&) = delete;

  struct Outcome {
    std::optional<protocol::HandshakeDecision> decision;  // none: more bytes are needed
    const protocol::HttpRequest* request = nullptr;       // that given, where it was filled: the head is well-formed
    bool head_only = false;                               // the request was a HEAD
    std::span<std::byte> rest;                            // of the bytes given: what follows the head
  };

  // Takes what has arrived. The decision's views borrow from `bytes`, from this object and from `request`, which is
  // scratch memory.
  Outcome receive(std::span<std::byte> bytes, protocol::HttpRequest& request, const protocol::HandshakePolicy& policy);

 private:
  const protocol::RequestLimits limits_;  // those that it began with, whatever is in force when the head is complete
  protocol::RequestParser parser_{limits_};
  std::vector<std::byte> head_;
};

}  // namespace sentix::core
