#pragma once

#include <span>
#include <string>

#include "channels/channel_options.h"
#include "tools/sentix/setting.h"

namespace sentix::tools {

// What a [channels."NAME"] table says, as it is written there.
struct ChannelDraft {
  channels::ChannelOptions options = {};
  std::string publish = "subscribers";  // goes into the options when the table has been read
  std::string durability = "memory";
  std::string without_redis = "refuse";
};

// Every setting of a channel, in the order in which they are documented.
[[nodiscard]] std::span<const Setting<ChannelDraft>> channel_table();

[[nodiscard]] channels::ChannelOptions finished(const ChannelDraft& draft);
[[nodiscard]] ChannelDraft draft_of(const channels::ChannelOptions& options);

}  // namespace sentix::tools
