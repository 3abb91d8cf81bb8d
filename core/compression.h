#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "core/options.h"
#include "protocol/deflate/deflater.h"
#include "protocol/deflate/frame_compressor.h"
#include "protocol/deflate/inflater.h"
#include "protocol/deflate/negotiation.h"
#include "protocol/message_reader.h"
#include "protocol/shared_frame.h"

namespace sentix::core {

// What the connections of one worker share for permessage-deflate. Allocates nothing before somebody compresses.
struct SharedCompression {
  explicit SharedCompression(const DeflateOptions& given) : options(given), frames(given.effort) {}

  // From now on. Who has agreed on something already keeps to that.
  void use(const DeflateOptions& given);

  DeflateOptions options;
  protocol::Inflater inflater{protocol::ContextTakeover::no};
  protocol::FrameCompressor frames;
};

// One connection's part: what was agreed, and memory only where the agreement has context takeover.
class Compression {
 public:
  // Right after the handshake. The reader borrows from here and from `shared`.
  void agree(const protocol::DeflateAgreement& agreement, SharedCompression& shared, protocol::MessageReader& reader);

  [[nodiscard]] bool agreed() const { return window_bits_ != 0; }

  // What to send in place of a frame: its compressed form where that was agreed and pays, else itself. Every frame that
  // is asked for is sent, in this order.
  protocol::SharedFrame outgoing(protocol::SharedFrame frame, SharedCompression& shared) {
    if (window_bits_ == 0) {
      return frame;
    }
    return compressed(std::move(frame), shared);
  }

  // The same for a message that is no frame yet; null where it had better be sent as it is.
  protocol::SharedFrame outgoing(protocol::Opcode opcode, std::span<const std::byte> payload,
                                 SharedCompression& shared);

 private:
  struct Takeover {
    std::optional<protocol::Inflater> inflater;
    std::optional<protocol::Deflater> deflater;
  };

  protocol::SharedFrame compressed(protocol::SharedFrame frame, SharedCompression& shared);

  std::unique_ptr<Takeover> takeover_;
  std::uint8_t window_bits_ = 0;  // of what is sent; 0: nothing was agreed
};

}  // namespace sentix::core
