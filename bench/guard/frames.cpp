// One frame from its bytes to its message: header, rules, unmasking, UTF-8, delivery.
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "bench/guard/guard.h"
#include "protocol/client_frame.h"
#include "protocol/message_reader.h"

namespace sentix::bench_guard {
namespace {

// The reader unmasks in place, so every second time it meets the payload masked twice, which is the plain one, and
// unmasks it into the masked one. With these small bytes as the key both are ASCII, and each round costs the same.
constexpr protocol::MaskingKey kKey{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
constexpr protocol::ReaderLimits kLimits{.frame_bytes_max = 1 << 20, .message_bytes_max = 1 << 20};

template <protocol::Opcode opcode, std::size_t size>
void read_frame(std::uint64_t operations) {
  const std::string payload(size, 'p');
  std::vector<std::byte> frame;
  protocol::append_client_frame(frame, opcode, true, kKey, std::as_bytes(std::span(payload)));
  protocol::MessageReader reader(protocol::Role::server, kLimits);
  for (std::uint64_t i = 0; i < operations; ++i) {
    std::span<std::byte> input(frame);
    const protocol::Incoming message = reader.next(input);
    require(message.kind == protocol::Incoming::Kind::message && message.payload.size() == size, "no message");
    const protocol::Incoming rest = reader.next(input);
    require(rest.kind == protocol::Incoming::Kind::need_more, "something followed the message");
    use(message);
  }
}

}  // namespace

void add_frame_cases(std::vector<Case>& cases) {
  using protocol::Opcode;
  cases.push_back({"frame_text_20B", read_frame<Opcode::text, 20>});
  cases.push_back({"frame_text_125B", read_frame<Opcode::text, 125>});
  cases.push_back({"frame_text_1KiB", read_frame<Opcode::text, 1 << 10>});
  cases.push_back({"frame_binary_16KiB", read_frame<Opcode::binary, 16 << 10>});
}

}  // namespace sentix::bench_guard
