#include "core/handshake.h"

namespace sentix::core {

Handshake::Outcome Handshake::receive(std::span<std::byte> bytes, protocol::HttpRequest& request,
                                      const protocol::HandshakePolicy& policy) {
  std::span<const std::byte> all = bytes;
  if (!head_.empty()) {
    head_.insert(head_.end(), bytes.begin(), bytes.end());
    all = head_;
  }
  const protocol::ParseResult result = parser_.parse(all, request);
  switch (result.state) {
    case protocol::ParseResult::State::need_more:
      if (head_.empty()) {
        head_.assign(bytes.begin(), bytes.end());
      }
      return {};
    case protocol::ParseResult::State::refused:
      return {.decision = result.refusal, .request = nullptr, .head_only = false, .rest = {}};
    case protocol::ParseResult::State::complete:
      break;
  }
  return {.decision = protocol::decide(request, policy),
          .request = &request,
          .head_only = request.method == "HEAD",
          .rest = bytes.last(all.size() - result.consumed)};
}

}  // namespace sentix::core
