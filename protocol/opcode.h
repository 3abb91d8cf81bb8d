#pragma once

#include <cstdint>

namespace sentix::protocol {

// RFC 6455 §5.2, §11.8. The values are the four bits on the wire; the ten others are reserved.
enum class Opcode : std::uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xA,
};

// RFC 6455 §5.5: control frames are those with the highest bit of the opcode set.
constexpr bool is_control(Opcode opcode) {
  return (static_cast<std::uint8_t>(opcode) & 0x8) != 0;
}

}  // namespace sentix::protocol
