// One frame from its bytes to its message: header, rules, unmasking, UTF-8, delivery.
#include <cstddef>
#include <span>
#include <string>
#include <utility>
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

// Reads the frame whole, over and over.
void read_over_and_over(std::vector<std::byte> frame, protocol::Incoming::Kind kind, std::uint64_t operations) {
  protocol::MessageReader reader(protocol::Role::server, kLimits);
  for (std::uint64_t i = 0; i < operations; ++i) {
    std::span<std::byte> input(frame);
    const protocol::Incoming event = reader.next(input);
    require(event.kind == kind, "not what was sent");
    const protocol::Incoming rest = reader.next(input);
    require(rest.kind == protocol::Incoming::Kind::need_more, "something followed");
    use(event);
  }
}

template <protocol::Opcode opcode, std::size_t size>
void read_frame(std::uint64_t operations) {
  const std::string payload(size, 'p');
  std::vector<std::byte> frame;
  protocol::append_client_frame(frame, opcode, true, kKey, std::as_bytes(std::span(payload)));
  const bool control = protocol::is_control(opcode);
  read_over_and_over(std::move(frame), control ? protocol::Incoming::Kind::ping : protocol::Incoming::Kind::message,
                     operations);
}

// The key of zeros leaves the text as it is.
void read_cyrillic(std::uint64_t operations) {
  std::string payload;
  while (payload.size() < 1024) {
    payload += "да нет ";
  }
  std::vector<std::byte> frame;
  protocol::append_client_frame(frame, protocol::Opcode::text, true, {}, std::as_bytes(std::span(payload)));
  read_over_and_over(std::move(frame), protocol::Incoming::Kind::message, operations);
}

void read_fragments(std::uint64_t operations) {
  const std::string payload(256, 'p');
  std::vector<std::byte> frames;
  for (int i = 0; i < 4; ++i) {
    const auto opcode = i == 0 ? protocol::Opcode::text : protocol::Opcode::continuation;
    protocol::append_client_frame(frames, opcode, i == 3, {}, std::as_bytes(std::span(payload)));
  }
  read_over_and_over(std::move(frames), protocol::Incoming::Kind::message, operations);
}

}  // namespace

void add_frame_cases(std::vector<Case>& cases) {
  using protocol::Opcode;
  cases.push_back({"frame_text_20B", read_frame<Opcode::text, 20>});
  cases.push_back({"frame_text_125B", read_frame<Opcode::text, 125>});
  cases.push_back({"frame_text_1KiB", read_frame<Opcode::text, 1 << 10>});
  cases.push_back({"frame_text_1KiB_cyrillic", read_cyrillic});
  cases.push_back({"frame_binary_16KiB", read_frame<Opcode::binary, 16 << 10>});
  cases.push_back({"frame_ping_20B", read_frame<Opcode::ping, 20>});
  cases.push_back({"frames_text_4x256B", read_fragments});
}

}  // namespace sentix::bench_guard
