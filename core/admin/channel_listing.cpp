#include "core/admin/channel_listing.h"

#include <optional>
#include <utility>

#include "channels/refusals.h"
#include "core/admin/admin_asker.h"
#include "core/admin/json_body.h"
#include "core/admin/query.h"
#include "protocol/json_writer.h"
#include "protocol/names.h"

namespace sentix::core {
namespace {

constexpr std::uint64_t kPageDefault = 100;
constexpr std::uint64_t kPageMax = 1000;  // a stripe of the broker is locked while it is looked through, not longer
constexpr std::size_t kBytesOfEach = 64;  // an estimate

AdminAnswer channels_answer(const std::vector<channels::Broker::Listed>& listed, std::size_t limit) {
  protocol::JsonWriter out(kBytesOfEach * (1 + listed.size()));
  out.open('{').key("channels").open('[');
  for (std::size_t i = 0; i < listed.size() && i < limit; ++i) {
    out.open('{').key("channel").string(listed[i].channel).key("clients").number(listed[i].clients).close('}');
  }
  out.close(']');
  if (listed.size() > limit) {
    out.key("next").string(listed[limit - 1].channel);
  }
  return json_answer(std::move(out.close('}')));
}

using Members = std::optional<channels::Broker::Members>;

AdminAnswer members_answer(const std::string& channel, const Members& found) {
  if (!found) {
    return admin_error(404, "not_found", "There is no channel \"" + channel + "\" with presence.");
  }
  if (found->answered == channels::Broker::Answered::unavailable) {
    return admin_error(503, "unavailable", channels::refusals::unavailable().message);
  }
  const channels::MemberList& list = *found;
  protocol::JsonWriter out(kBytesOfEach * (1 + list.members.size()));
  out.open('{').key("channel").string(channel).key("count").number(list.count).key("members").open('[');
  for (const channels::Member& member : list.members) {
    out.open('{').key("user").string(member.user).key("info").raw(member.info.empty() ? "{}" : member.info);
    out.key("connections").number(member.connections).close('}');
  }
  return json_answer(std::move(out.close(']').close('}')));
}

}  // namespace

void answer_channels(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  AdminQuery query(request);
  const std::string prefix = query.text("prefix");
  const std::string after = query.text("after");
  const std::size_t limit = query.number("limit", kPageDefault, kPageMax);
  if (!query.problem().empty()) {
    return reply(bad_request(query.problem()));
  }
  reply(channels_answer(context.shared.broker->list(prefix, after, limit + 1), limit));
}

void answer_members(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  AdminQuery query(request);
  const std::string channel = query.text("channel");
  const std::size_t limit = query.number("limit", kPageDefault, kPageMax);
  if (!query.problem().empty()) {
    return reply(bad_request(query.problem()));
  }
  if (!protocol::valid_channel_name(channel)) {
    return reply(bad_request("channel must be the name of a channel."));
  }
  const auto conclude = [channel, reply](const Members& found) { reply(members_answer(channel, found)); };
  const AdminAsker<Members> asker(context, conclude);
  const auto members = context.shared.broker->members(channel, context.shared.rules.find(channel), limit, &asker);
  if (!members || members->answered != channels::Broker::Answered::later) {
    conclude(members);
  }
}

}  // namespace sentix::core
