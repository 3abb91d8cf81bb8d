#include "protocol/frame_rules.h"

#include <doctest/doctest.h>

#include <limits>

namespace sentix::protocol {
namespace {

constexpr ReaderLimits kLimits{.frame_bytes_max = 1000, .message_bytes_max = 1500};

struct Situation {
  Role role = Role::server;
  bool inside_message = false;
  std::size_t message_bytes = 0;
  bool compression = false;  // negotiated
  bool compressed = false;   // the message
};

// A header as a correct peer writes it; the tests then change what they are about.
FrameHeader header_of(Opcode opcode, std::uint64_t length = 0, Role role = Role::server) {
  const bool masked = role == Role::server;
  return {.opcode = opcode,
          .masked = masked,
          .size = static_cast<std::uint8_t>(frame_header_size(length, masked)),
          .payload_length = length};
}

std::optional<Violation> check(const FrameHeader& header, const Situation& situation = {},
                               const ReaderLimits& limits = kLimits) {
  return check_frame(header, {.role = situation.role,
                              .compression = situation.compression,
                              .inside_message = situation.inside_message,
                              .compressed = situation.compressed,
                              .message_bytes = situation.message_bytes,
                              .limits = limits});
}

TEST_CASE("RSV1 begins a compressed message where that was negotiated, and means nothing else (RFC 7692 §6)") {
  for (unsigned number = 0; number < 16; ++number) {
    for (std::uint8_t rsv = 1; rsv < 8; ++rsv) {
      CAPTURE(number);
      CAPTURE(rsv);
      FrameHeader header = header_of(static_cast<Opcode>(number), 10);
      header.rsv = rsv;
      const bool begins = rsv == kRsv1 && (header.opcode == Opcode::text || header.opcode == Opcode::binary);
      CHECK(check(header) == Violation::reserved_bits);
      CHECK(check(header, {.compression = true}) == (begins ? std::nullopt : std::optional(Violation::reserved_bits)));
      CHECK(check(header, {.inside_message = true, .compression = true, .compressed = true}) ==
            (begins ? Violation::message_inside_message : Violation::reserved_bits));
    }
  }
}

TEST_CASE("the compressed form of a message may be a little larger than the message") {
  const Situation compressed{.inside_message = true, .compression = true, .compressed = true};
  CHECK(check(header_of(Opcode::continuation, compressed_bytes_max(1000)), compressed) == std::nullopt);
  CHECK(check(header_of(Opcode::continuation, compressed_bytes_max(1000) + 1), compressed) ==
        Violation::frame_too_large);
  CHECK(check(header_of(Opcode::continuation, 1001), {.inside_message = true, .compression = true}) ==
        Violation::frame_too_large);
  FrameHeader first = header_of(Opcode::binary, compressed_bytes_max(1000));
  first.rsv = kRsv1;
  CHECK(check(first, {.compression = true}) == std::nullopt);
  CHECK(compressed_bytes_max(std::numeric_limits<std::uint64_t>::max()) == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("all sixteen opcodes, between messages and inside of one") {
  for (unsigned number = 0; number < 16; ++number) {
    CAPTURE(number);
    const auto opcode = static_cast<Opcode>(number);
    std::optional<Violation> between;
    std::optional<Violation> inside;
    switch (number) {
      case 0x0:
        between = Violation::continuation_of_nothing;
        break;
      case 0x1:
      case 0x2:
        inside = Violation::message_inside_message;
        break;
      case 0x8:
      case 0x9:
      case 0xA:
        break;
      default:
        between = inside = Violation::reserved_opcode;
    }
    for (const Role role : {Role::server, Role::client}) {
      CHECK(check(header_of(opcode, 10, role), {.role = role}) == between);
      CHECK(check(header_of(opcode, 10, role), {.role = role, .inside_message = true}) == inside);
    }
  }
}

TEST_CASE("each reserved bit is refused") {
  for (std::uint8_t rsv = 1; rsv < 8; ++rsv) {
    FrameHeader header = header_of(Opcode::text, 5);
    header.rsv = rsv;
    CHECK(check(header) == Violation::reserved_bits);
  }
}

TEST_CASE("a client masks, a server does not") {
  CHECK(check(header_of(Opcode::text, 5, Role::client), {.role = Role::server}) == Violation::unmasked_frame);
  CHECK(check(header_of(Opcode::text, 5, Role::server), {.role = Role::client}) == Violation::masked_frame);
}

TEST_CASE("a length takes as few bytes as possible") {
  const ReaderLimits all{.frame_bytes_max = ~std::size_t{0}, .message_bytes_max = ~std::size_t{0}};
  for (const std::uint64_t length : {0ULL, 125ULL, 126ULL, 0xFFFFULL, 0x10000ULL, 1ULL << 40}) {
    CAPTURE(length);
    FrameHeader header = header_of(Opcode::binary, length);
    CHECK(check(header, {}, all) == std::nullopt);
    for (const std::size_t longer : {8, 14}) {
      if (longer > frame_header_size(length, true)) {
        header.size = static_cast<std::uint8_t>(longer);
        CHECK(check(header, {}, all) == Violation::length_not_minimal);
      }
    }
  }
}

TEST_CASE("a length has 63 bits") {
  const ReaderLimits all{.frame_bytes_max = ~std::size_t{0}, .message_bytes_max = ~std::size_t{0}};
  CHECK(check(header_of(Opcode::binary, ~0ULL >> 1), {}, all) == std::nullopt);
  CHECK(check(header_of(Opcode::binary, 1ULL << 63), {}, all) == Violation::length_over_63_bits);
  CHECK(check(header_of(Opcode::ping, 1ULL << 63), {}, all) == Violation::length_over_63_bits);
}

TEST_CASE("control frames are whole and short") {
  for (const Opcode opcode : {Opcode::close, Opcode::ping, Opcode::pong}) {
    CHECK(check(header_of(opcode, 125)) == std::nullopt);
    CHECK(check(header_of(opcode, 126)) == Violation::control_too_long);
    FrameHeader fragment = header_of(opcode, 0);
    fragment.fin = false;
    CHECK(check(fragment) == Violation::control_fragmented);
  }
}

TEST_CASE("control frames are no part of the message that they interrupt") {
  CHECK(check(header_of(Opcode::ping, 125), {.inside_message = true, .message_bytes = 1500}) == std::nullopt);
  CHECK(check(header_of(Opcode::ping, 125), {}, {.frame_bytes_max = 10, .message_bytes_max = 10}) == std::nullopt);
}

TEST_CASE("data frames and messages have a largest size") {
  for (const Opcode opcode : {Opcode::text, Opcode::binary}) {
    CHECK(check(header_of(opcode, 1000)) == std::nullopt);
    CHECK(check(header_of(opcode, 1001)) == Violation::frame_too_large);
    CHECK(check(header_of(opcode, 11), {}, {.frame_bytes_max = 100, .message_bytes_max = 10}) ==
          Violation::message_too_large);
  }
  const auto continuation = [](std::uint64_t length, std::size_t before) {
    return check(header_of(Opcode::continuation, length), {.inside_message = true, .message_bytes = before});
  };
  CHECK(continuation(500, 1000) == std::nullopt);
  CHECK(continuation(501, 1000) == Violation::message_too_large);
  CHECK(continuation(0, 1500) == std::nullopt);
  CHECK(continuation(1001, 0) == Violation::frame_too_large);
}

TEST_CASE("sizes do not overflow, and a limit may shrink below what has come") {
  const ReaderLimits all{.frame_bytes_max = ~std::size_t{0}, .message_bytes_max = ~std::size_t{0}};
  const Situation nearly_full{.inside_message = true, .message_bytes = ~std::size_t{0} - 5};
  CHECK(check(header_of(Opcode::continuation, 5), nearly_full, all) == std::nullopt);
  CHECK(check(header_of(Opcode::continuation, 6), nearly_full, all) == Violation::message_too_large);
  CHECK(check(header_of(Opcode::continuation, 1), {.inside_message = true, .message_bytes = 2000}) ==
        Violation::message_too_large);
}

}  // namespace
}  // namespace sentix::protocol
