#include "core/compression.h"

#include <utility>

namespace sentix::core {

using protocol::ContextTakeover;
using protocol::SharedFrame;

void SharedCompression::use(const DeflateOptions& given) {
  if (given.effort != options.effort) {
    frames = protocol::FrameCompressor(given.effort);
  }
  options = given;
}

void Compression::agree(const protocol::DeflateAgreement& agreement, SharedCompression& shared,
                        protocol::MessageReader& reader) {
  window_bits_ = static_cast<std::uint8_t>(agreement.server_window_bits);
  if (agreement.server_context_takeover == ContextTakeover::yes ||
      agreement.client_context_takeover == ContextTakeover::yes) {
    takeover_ = std::make_unique<Takeover>();
  }
  if (agreement.server_context_takeover == ContextTakeover::yes) {
    takeover_->deflater.emplace(ContextTakeover::yes, agreement.server_window_bits, shared.options.effort);
  }
  if (agreement.client_context_takeover == ContextTakeover::yes) {
    reader.use(takeover_->inflater.emplace(ContextTakeover::yes, agreement.client_window_bits));
  } else {
    reader.use(shared.inflater);
  }
}

SharedFrame Compression::outgoing(protocol::Opcode opcode, std::span<const std::byte> payload,
                                  SharedCompression& shared) {
  if (window_bits_ == 0 || payload.size() < shared.options.min_bytes) {
    return {};
  }
  if (takeover_ && takeover_->deflater) {
    return takeover_->deflater->deflate(opcode, payload);
  }
  return shared.frames.compressed(opcode, payload, window_bits_);
}

SharedFrame Compression::compressed(SharedFrame frame, SharedCompression& shared) {
  if (protocol::is_control(frame.opcode()) || frame.payload().size() < shared.options.min_bytes) {
    return frame;
  }
  if (takeover_ && takeover_->deflater) {
    SharedFrame own = takeover_->deflater->deflate(frame.opcode(), frame.payload());
    return own ? own : frame;
  }
  return shared.frames.compressed(frame, window_bits_);
}

}  // namespace sentix::core
