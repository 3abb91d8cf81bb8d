#include "protocol/message_draft.h"

#include <utility>

namespace sentix::protocol {
MessageDraft::MessageDraft(std::string_view channel, std::string_view data_json, std::string_view user_json)
    : out_(kFixedBytes + channel.size() + data_json.size() + user_json.size()),
      data_bytes_(data_json.size()),
      user_bytes_(user_json.size()) {
  out_.open('{').key("type").string("message").key("channel").string(channel);
  if (!user_json.empty()) out_.key("user").raw(user_json);
  out_.key("data").raw(data_json);
  data_begin_ = out_.size() - data_bytes_;
}

MessageFrame MessageDraft::finish(std::optional<std::uint64_t> offset) && {
  if (offset) out_.key("offset").number(*offset);
  out_.close('}');
  return {std::move(out_).finish(), data_begin_, data_bytes_, user_bytes_};
}

}  // namespace sentix::protocol
