#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "protocol/deflate/context_takeover.h"
#include "protocol/opcode.h"
#include "protocol/shared_frame.h"

namespace sentix::protocol {

// How hard to compress, in zlib's terms. More memory and a higher level make smaller messages, more slowly.
struct DeflateEffort {
  int level = 1;         // 1, the fastest, to 9
  int memory_level = 8;  // 1 to 9: of 2^(memory_level + 9) bytes, beside the 2^(window bits + 2) of the window

  bool operator==(const DeflateEffort&) const = default;
};

// Compresses messages for permessage-deflate (RFC 7692 §7.2.1), each whole, into finished frames.
//
// Without context takeover one deflater serves any number of connections in turn. With it a deflater belongs to one
// connection, and every frame that it makes must be sent, in order. Its memory is allocated with the first message and
// then kept.
//
// Belongs to one thread. Throws nothing but std::bad_alloc.
class Deflater {
 public:
  // zlib cannot keep to a window of 8 bits: `window_bits` is 9 to 15.
  static constexpr int kWindowBitsMin = 9;

  Deflater(ContextTakeover takeover, int window_bits, const DeflateEffort& effort = {});
  ~Deflater();
  Deflater(Deflater&&) noexcept;
  Deflater& operator=(Deflater&&) noexcept;

  // The message as one compressed frame. Null where it had better be sent as it is: it is empty or, without context
  // takeover, compressing does not make it smaller.
  SharedFrame deflate(Opcode opcode, std::span<const std::byte> payload);

 private:
  struct Stream;

  std::unique_ptr<Stream> stream_;
  int window_bits_;
  DeflateEffort effort_;
  ContextTakeover takeover_;
};

}  // namespace sentix::protocol
