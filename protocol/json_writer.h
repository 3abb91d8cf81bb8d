#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "protocol/shared_frame.h"

namespace sentix::protocol {

// Writes a JSON text of known shape straight into a frame. It puts the commas; that braces and brackets match and that
// keys are given where they belong is the caller's work. A key is a literal that needs no escape.
//
//     JsonWriter out(64);
//     out.open('{').key("type").string("pong").close('}');
//     return std::move(out).finish();
class JsonWriter {
 public:
  // `bytes` is an estimate of the whole text.
  explicit JsonWriter(std::size_t bytes) : frame_(bytes) {}

  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view text);  // escaped where necessary
  JsonWriter& number(std::uint64_t number);
  JsonWriter& boolean(bool truth);
  JsonWriter& raw(std::string_view json);  // one value, as it is

  // How many bytes have been written.
  [[nodiscard]] std::size_t size() const { return frame_.payload_size(); }

  // The text as the payload of a text frame.
  [[nodiscard]] SharedFrame finish() && { return std::move(frame_).finish(Opcode::text); }

 private:
  void separate();

  FrameBuilder frame_;
  bool comma_due_ = false;
};

}  // namespace sentix::protocol
