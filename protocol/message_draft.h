#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/json_writer.h"
#include "protocol/shared_frame.h"

namespace sentix::protocol {

// One publication as every subscriber of sentix protocol 1 gets it: the finished frame, and where in it the
// publication's `data` and `user` stand, which history replies, storages and other dialects of the wire write again. A
// value that is cheap to copy; all copies share one buffer.
struct MessageFrame {
  SharedFrame frame;
  std::size_t data_begin = 0;  // in the payload
  std::size_t data_bytes = 0;
  std::size_t user_bytes = 0;  // in front of the data; 0: nobody in particular published

  // The JSON text of `data`, as published. Valid as long as some copy of the frame lives.
  [[nodiscard]] std::string_view data_json() const {
    const auto payload = frame.payload();
    return {reinterpret_cast<const char*>(payload.data()) + data_begin, data_bytes};
  }

  // The publisher's name, a JSON string; empty where nobody in particular published. As long valid as data_json().
  [[nodiscard]] std::string_view user_json() const {
    if (user_bytes == 0) return {};
    return {data_json().data() - kBeforeData.size() - user_bytes, user_bytes};
  }

  // What stands between the two.
  static constexpr std::string_view kBeforeData = R"(,"data":)";
};

// {"type":"message","channel":C,"user":U,"data":D,"offset":N}, encoded in two steps, because the offset is known only
// under the lock of the channel: the constructor copies and escapes, finish() writes the few bytes that are left and
// allocates nothing.
class MessageDraft {
 public:
  // More than the keys, the punctuation and the longest offset take: the room with which the constructor saves finish()
  // from allocating. (Valid names of channels need no escapes.)
  static constexpr std::size_t kFixedBytes = 96;

  // `channel` is plain text; `data_json` and `user_json` are JSON text that has been checked, the latter empty where
  // nobody in particular published. All are copied.
  MessageDraft(std::string_view channel, std::string_view data_json, std::string_view user_json = {});

  // With the offset where the channel has history. The draft is empty afterwards.
  [[nodiscard]] MessageFrame finish(std::optional<std::uint64_t> offset) &&;

 private:
  JsonWriter out_;
  std::size_t data_begin_ = 0;
  std::size_t data_bytes_ = 0;
  std::size_t user_bytes_ = 0;
};

}  // namespace sentix::protocol
