#include "core/admin/node_info.h"

#include "core/admin/gate.h"
#include "core/admin/health.h"
#include "core/admin/query.h"
#include "core/admin/time_text.h"
#include "core/version.h"
#include "protocol/json_text.h"
#include "protocol/json_writer.h"

namespace sentix::core {
namespace {

constexpr std::uint64_t kClosesDefault = 100;
constexpr std::uint64_t kClosesMax = 1000;
constexpr std::size_t kBytesOfEach = 300;  // an estimate

void write_close(protocol::JsonWriter& out, const EndedConnection& ended) {
  const EndingInfo& info = describe(ended.ending);
  out.open('{').key("connection").string(channels::to_text(ended.id)).key("address").string(to_text(ended.address));
  if (!ended.user.empty()) {
    out.key("user").string(ended.user);
  }
  out.key("at").string(time_text(ended.at)).key("reason").string(info.name);
  out.key("message").string(ended.detail.empty() ? info.sentence : ended.detail);
  if (ended.code != 0) {
    out.key("code").number(ended.code);
  }
  if (!info.setting.empty()) {
    out.key("setting").string(info.setting).key("limit").string(ended.limit);
  }
  out.close('}');
}

}  // namespace

void answer_info(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  const Shared& shared = context.shared;
  const auto uptime = std::chrono::system_clock::now() - context.began;
  protocol::JsonWriter out(kBytesOfEach);
  out.open('{').key("version").string(version()).key("started_at").string(time_text(context.began));
  out.key("uptime_seconds")
      .number(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(uptime).count()));
  out.key("ready").boolean(not_ready(shared).empty());
  out.key("workers").number(shared.mailboxes.size()).key("clients").number(shared.admission.clients());
  out.key("channels").number(shared.broker->channel_count());
  out.key("read_only").boolean(may_only_look(request.head, context.options));
  reply(json_answer(std::move(out.close('}'))));
}

void answer_nodes(AdminContext& context, const AdminRequest&, const AdminReply& reply) {
  const RemoteBroker* const remote = context.shared.remote_broker;
  if (remote == nullptr) {
    return reply({.body = R"({"nodes":[]})"});
  }
  const std::string list = remote->nodes().to_json(NodeDirectory::Clock::now());
  reply({.body = R"({"self":)" + protocol::quote(remote->nodes().self().id) + ',' + list.substr(1)});
}

void answer_closes(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  AdminQuery query(request);
  const std::string connection = query.text("connection");
  const std::string user = query.text("user");
  const std::string address = query.text("address");
  const std::uint64_t limit = query.number("limit", kClosesDefault, kClosesMax);
  if (!query.problem().empty()) {
    return reply(bad_request(query.problem()));
  }
  const auto closes = context.shared.last_ends.find(
      {.connection = connection, .user = user, .address = address, .limit = static_cast<std::size_t>(limit)});
  protocol::JsonWriter out(kBytesOfEach * (1 + closes.size()));
  out.open('{').key("closes").open('[');
  for (const EndedConnection& ended : closes) {
    write_close(out, ended);
  }
  reply(json_answer(std::move(out.close(']').close('}'))));
}

}  // namespace sentix::core
