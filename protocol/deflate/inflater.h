#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "protocol/deflate/context_takeover.h"
#include "protocol/message_buffer.h"

namespace sentix::protocol {

// Decompresses messages of permessage-deflate (RFC 7692 §7.2.2), each whole.
//
// Without context takeover one inflater serves any number of connections in turn. With it an inflater belongs to one
// connection, and must be given all of that connection's compressed messages in their order. Its memory (about 7 KiB,
// and a window once a message was longer than a turn of the loop) is allocated with the first message and then kept.
//
// Belongs to one thread. Throws nothing but std::bad_alloc.
class Inflater {
 public:
  enum class Result : std::uint8_t {
    ok,
    too_large,  // it would become more than `size_max` bytes
    invalid,    // not a sequence of DEFLATE blocks (RFC 1951), or cut
  };

  // `window_bits` is the largest window that the peer may use.
  explicit Inflater(ContextTakeover takeover, int window_bits = kWindowBitsMax);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  // Decompresses one message, given as its frames carried it, into `message`, which is empty. That grows with what
  // comes out, never beyond `size_max`: what a bomb announces is not allocated. After anything but ok `message` holds a
  // part, and with context takeover the connection cannot go on.
  Result inflate(std::span<const std::byte> compressed, std::size_t size_max, MessageBuffer& message);

 private:
  struct Stream;

  std::unique_ptr<Stream> stream_;
  int window_bits_;
  ContextTakeover takeover_;
};

}  // namespace sentix::protocol
