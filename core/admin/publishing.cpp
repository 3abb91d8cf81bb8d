#include "core/admin/publishing.h"

#include <array>
#include <chrono>
#include <vector>

#include "core/admin/json_body.h"
#include "protocol/json_text.h"
#include "protocol/names.h"

namespace sentix::core {
namespace {

// Each channel gets a frame of its own with all of the data.
constexpr std::size_t kBroadcastChannelsMax = 1000;

constexpr std::string_view kChannelRule =
    R"("channel" must be a string of 1 to 200 of A-Z a-z 0-9 _ = @ , . ; : / # -.)";
constexpr std::string_view kDataRule = R"("data" must be given, as any JSON value.)";

using Outcome = channels::Broker::Published::Outcome;

// What is asked to be published. `data` borrows from the body.
struct Wanted {
  std::string channel;
  std::string_view data;
  std::string key;
};

// The problem of one of several.
std::string numbered(std::size_t index, const std::string& problem) {
  return "Number " + std::to_string(index + 1) + ": " + problem;
}

// Empty where `json` asks for a publication; otherwise what is wrong.
std::string read(std::string_view json, Wanted& wanted) {
  constexpr static std::array<std::string_view, 3> kNames{"channel", "data", "key"};
  JsonBody body(kNames);
  if (std::string problem = body.read(json); !problem.empty()) {
    return problem;
  }
  wanted.channel = body.text(0).value_or("");
  if (!protocol::valid_channel_name(wanted.channel)) {
    return std::string(kChannelRule);
  }
  wanted.data = body.value(1);
  if (wanted.data.empty()) {
    return std::string(kDataRule);
  }
  wanted.key = body.text(2).value_or("");
  if (!body.value(2).empty() && !protocol::valid_publish_key(wanted.key)) {
    return R"("key" must be a string of 1 to 64 characters.)";
  }
  return {};
}

std::string read_batch(std::string_view json, std::vector<Wanted>& all) {
  constexpr static std::array<std::string_view, 1> kNames{"publications"};
  JsonBody body(kNames);
  if (std::string problem = body.read(json); !problem.empty()) {
    return problem;
  }
  const auto publications = json_elements(body.value(0));
  if (!publications) {
    return R"("publications" must be given, as an array.)";
  }
  for (const std::string_view publication : *publications) {
    if (const std::string problem = read(publication, all.emplace_back()); !problem.empty()) {
      return numbered(all.size() - 1, problem);
    }
  }
  return {};
}

std::string read_broadcast(std::string_view json, std::vector<Wanted>& all) {
  constexpr static std::array<std::string_view, 2> kNames{"channels", "data"};
  JsonBody body(kNames);
  if (std::string problem = body.read(json); !problem.empty()) {
    return problem;
  }
  const auto channels = json_elements(body.value(0));
  if (!channels || channels->size() > kBroadcastChannelsMax) {
    return R"("channels" must be given, as an array of at most )" + std::to_string(kBroadcastChannelsMax) + ".";
  }
  if (body.value(1).empty()) {
    return std::string(kDataRule);
  }
  for (const std::string_view channel : *channels) {
    all.push_back({.channel = json_text(channel).value_or(""), .data = body.value(1), .key = {}});
    if (!protocol::valid_channel_name(all.back().channel)) {
      return numbered(all.size() - 1, std::string(kChannelRule));
    }
  }
  return {};
}

AdminAnswer published(const channels::Broker::Published& result) {
  if (!result.position) {
    return {};
  }
  std::string body = R"({"offset":)" + std::to_string(result.position->offset) + R"(,"epoch":)";
  protocol::append_quoted(body, result.position->epoch);
  body += '}';
  return {.body = std::move(body)};
}

AdminAnswer publish(AdminContext& context, const Wanted& wanted) {
  Shared& shared = context.shared;
  if (shared.congested()) {
    return admin_error(429, "rate_limited",
                       "Too much waits for a worker, come back after a pause: mailbox_bytes is " +
                           std::to_string(shared.configuration.get()->options.mailbox_bytes) + ".");
  }
  const auto rule = shared.rules.find(wanted.channel);
  const auto result = shared.broker->publish({.channel = wanted.channel,
                                              .rule = rule,
                                              .data = wanted.data,
                                              .key = wanted.key,
                                              .now = std::chrono::steady_clock::now()});
  switch (result.outcome) {
    case Outcome::ok:
      ++context.publications;
      return published(result);
    case Outcome::not_found:
      return admin_error(404, "not_found", "There is no channel \"" + wanted.channel + "\".");
    case Outcome::too_many_channels:
      break;
  }
  return admin_error(429, "limit_exceeded",
                     "There are as many channels as there may be: max_channels is " +
                         std::to_string(shared.broker->channels_max()) + ".");
}

AdminAnswer publish_all(AdminContext& context, const std::vector<Wanted>& all) {
  std::string body = R"({"results":[)";
  for (const Wanted& wanted : all) {
    body += publish(context, wanted).body;
    body += ',';
  }
  if (!all.empty()) {
    body.pop_back();
  }
  return {.body = body + "]}"};
}

}  // namespace

void answer_publish(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  Wanted wanted;
  if (const std::string problem = read(request.body, wanted); !problem.empty()) {
    return reply(bad_request(problem));
  }
  reply(publish(context, wanted));
}

void answer_publish_batch(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  std::vector<Wanted> all;
  const std::string problem = read_batch(request.body, all);
  reply(problem.empty() ? publish_all(context, all) : bad_request(problem));
}

void answer_broadcast(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  std::vector<Wanted> all;
  const std::string problem = read_broadcast(request.body, all);
  reply(problem.empty() ? publish_all(context, all) : bad_request(problem));
}

}  // namespace sentix::core
