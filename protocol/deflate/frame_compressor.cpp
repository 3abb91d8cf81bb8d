#include "protocol/deflate/frame_compressor.h"

namespace sentix::protocol {

SharedFrame FrameCompressor::compressed(const SharedFrame& frame, int window_bits) {
  if (frame.bytes().data() != last_.bytes().data()) {
    last_ = frame;
    forms_of_last_.fill({});
  }
  SharedFrame& form = forms_of_last_[index_of(window_bits)];
  if (!form) {
    form = compressed(frame.opcode(), frame.payload(), window_bits);
    if (!form) form = frame;
  }
  return form;
}

Deflater& FrameCompressor::deflater(int window_bits) {
  std::unique_ptr<Deflater>& deflater = deflaters_[index_of(window_bits)];
  if (!deflater) deflater = std::make_unique<Deflater>(ContextTakeover::no, window_bits, effort_);
  return *deflater;
}

}  // namespace sentix::protocol
