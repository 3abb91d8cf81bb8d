#include "tools/sentix/channel_table.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sentix::tools {

namespace {

using channels::ChannelOptions;
using channels::Durability;
using channels::PublishRight;
using channels::WithoutRedis;
using Row = Setting<ChannelDraft>;

template <auto Member>
constexpr auto option = bind<&ChannelDraft::options, Member>;

constexpr std::array kTable{
    Row{.key = "max_clients",
        .shape = {Kind::number},
        .binding = option<&ChannelOptions::max_clients>,
        .help = "Subscribers at one time. 0 is no limit but the server's."},
    Row{.key = "persistent",
        .shape = {Kind::boolean},
        .binding = option<&ChannelOptions::persistent>,
        .help = "Lives on without subscribers, and keeps a history unless history_size is 0."},
    Row{.key = "private",
        .shape = {Kind::boolean},
        .binding = option<&ChannelOptions::is_private>,
        .help = "Only who was granted the channel may enter (permissions of [[auth.users]])."},
    Row{.key = "auth",
        .shape = {Kind::boolean},
        .binding = option<&ChannelOptions::auth>,
        .help = "Only who is authenticated may enter."},
    Row{.key = "presence",
        .shape = {Kind::boolean},
        .binding = option<&ChannelOptions::presence>,
        .help = "Tells who is there, and who comes and goes."},
    Row{.key = "publish",
        .shape = {.kind = Kind::choice, .choices = "subscribers anyone server"},
        .binding = bind<&ChannelDraft::publish>,
        .help = "Who may publish beside the server itself."},
    Row{.key = "auto_create",
        .shape = {Kind::boolean},
        .binding = option<&ChannelOptions::auto_create>,
        .help = "Comes into being when first subscribed to."},
    Row{.key = "history_size",
        .shape = {Kind::number},
        .binding = option<&ChannelOptions::history_size>,
        .help = "Publications kept. By default 100 where persistent, none elsewhere.",
        .example = "100"},
    Row{.key = "history_ttl",
        .shape = {Kind::duration, 1},
        .binding = option<&ChannelOptions::history_ttl>,
        .help = "How long publications are kept. By default 10 minutes.",
        .example = "\"10m\""},
    Row{.key = "durability",
        .shape = {.kind = Kind::choice, .choices = "memory written synced"},
        .binding = bind<&ChannelDraft::durability>,
        .help = "What an acknowledged publication has survived: memory nothing, written the end of the process, synced "
                "the loss of power. The last two need persistent and data_dir; on Redis there is memory and synced, "
                "which is so many of its replicas as redis_sync_replicas says."},
    Row{.key = "history_bytes",
        .shape = {Kind::bytes, 1},
        .binding = option<&ChannelOptions::history_bytes>,
        .help = "What the history may take in memory. The oldest publications go first."},
    Row{.key = "presence_grace",
        .shape = {Kind::duration},
        .binding = option<&ChannelOptions::presence_grace>,
        .help = "How long a user may be away before its leave is told. 0 tells it at once."},
    Row{.key = "presence_members",
        .shape = {Kind::number, 1},
        .binding = option<&ChannelOptions::presence_members>,
        .help = "Members that are listed at one time, in the order of their names. All are counted."},
    Row{.key = "max_data_bytes",
        .shape = {Kind::bytes},
        .binding = option<&ChannelOptions::max_data_bytes>,
        .help =
            "The data of one publication or event of a client, as it is written. More is refused with too_large. 0 is "
            "no limit but max_message_bytes."},
    Row{.key = "without_redis",
        .shape = {.kind = Kind::choice, .choices = "refuse local"},
        .binding = bind<&ChannelDraft::without_redis>,
        .help =
            "What becomes of publications while the Redis of redis_url is not there: they are refused, or go to the "
            "subscribers on this node alone. The latter is for channels without a history."},
};

constexpr std::array<std::pair<std::string_view, PublishRight>, 3> kRights{
    {{"subscribers", PublishRight::subscribers}, {"anyone", PublishRight::anyone}, {"server", PublishRight::server}}};

constexpr std::array<std::pair<std::string_view, Durability>, 3> kDurabilities{
    {{"memory", Durability::memory}, {"written", Durability::written}, {"synced", Durability::synced}}};

constexpr std::array<std::pair<std::string_view, WithoutRedis>, 2> kWithoutRedis{
    {{"refuse", WithoutRedis::refuse}, {"local", WithoutRedis::local}}};

// The rows' choices are these names.
template <typename Names>
auto value_of(const Names& names, std::string_view name) {
  return std::find_if(names.begin(), names.end(), [&](const auto& each) { return each.first == name; })->second;
}
template <typename Names, typename Value>
std::string name_of(const Names& names, Value value) {
  return std::string(
      std::find_if(names.begin(), names.end(), [&](const auto& each) { return each.second == value; })->first);
}

}  // namespace

std::span<const Setting<ChannelDraft>> channel_table() {
  return kTable;
}

ChannelOptions finished(const ChannelDraft& draft) {
  ChannelOptions options = draft.options;
  options.publish = value_of(kRights, draft.publish);
  options.durability = value_of(kDurabilities, draft.durability);
  options.without_redis = value_of(kWithoutRedis, draft.without_redis);
  return options;
}

ChannelDraft draft_of(const ChannelOptions& options) {
  return {.options = options,
          .publish = name_of(kRights, options.publish),
          .durability = name_of(kDurabilities, options.durability),
          .without_redis = name_of(kWithoutRedis, options.without_redis)};
}

}  // namespace sentix::tools
