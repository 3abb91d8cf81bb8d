#include "tools/sentix/tail/feed.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/admin/json_body.h"
#include "core/log.h"
#include "protocol/json_text.h"
#include "protocol/json_value.h"

namespace sentix::tools {

namespace {

using protocol::quote;

enum Name : std::size_t { type, id, channel, epoch, offset, recovered, messages, code, message, user, data };
constexpr std::array<std::string_view, 11> kNames{"type",     "id",   "channel", "epoch", "offset", "recovered",
                                                  "messages", "code", "message", "user",  "data"};

// The id of `authenticate`; that of other commands is the index of their channel.
constexpr std::string_view kAuthentication = "\"user\"";

std::string since(std::string_view epoch, std::uint64_t offset) {
  return R"(,"since":{"epoch":)" + quote(epoch) + R"(,"offset":)" + std::to_string(offset) + "}";
}

// Refusals that may be over when somebody comes back later.
bool passes(std::string_view error_code) {
  return error_code == "rate_limited" || error_code == "channel_full" || error_code == "internal";
}

}  // namespace

// The members of a message that matter here.
struct Feed::Reply {
  explicit Reply(std::string_view text) : good(body.read(text).empty()) {}

  [[nodiscard]] std::string text(Name name) const { return body.text(name).value_or(""); }
  [[nodiscard]] std::optional<Position> position() const {
    const auto number = protocol::json_uint64(body.value(offset));
    return number && body.text(epoch) ? std::optional(Position{text(epoch), *number}) : std::nullopt;
  }

  core::JsonBody body{kNames};
  bool good;
};

Feed::Feed(FeedRequest request) : request_(std::move(request)) {
  for (const std::string& name : request_.channels) {
    Channel followed;
    followed.name = name;
    if (request_.since_offset && !request_.since_epoch.empty()) {
      followed.position = Position{request_.since_epoch, *request_.since_offset};
    }
    channels_.push_back(std::move(followed));
  }
}

bool Feed::settled() const {
  return std::all_of(channels_.begin(), channels_.end(), [](const Channel& one) { return one.subscribed; });
}

Feed::Channel* Feed::find(std::string_view name) {
  const auto found =
      std::find_if(channels_.begin(), channels_.end(), [name](const Channel& one) { return one.name == name; });
  return found == channels_.end() ? nullptr : &*found;
}

FeedStep Feed::take(std::string_view text) {
  FeedStep step;
  const Reply reply(text);
  const std::string kind = reply.text(type);
  if (!reply.good || kind.empty()) {
    step.refusal = "whoever answers there does not speak the sentix protocol";
    step.lasting = true;
  } else if (kind == "welcome") {
    enter(step);
  } else if (kind == "authenticated") {
    for (Channel& one : channels_) {
      ask(one, step);
    }
  } else if (kind == "history") {
    take_history(reply, step);
  } else if (kind == "subscribed") {
    take_subscribed(reply, step);
  } else if (kind == "error") {
    take_error(reply, step);
  } else if (kind != "pong") {
    show(text, reply, step);
  }
  return step;
}

void Feed::enter(FeedStep& step) {
  if (request_.token.empty()) {
    for (Channel& one : channels_) {
      ask(one, step);
    }
    return;
  }
  std::string credentials = request_.user.empty() ? "" : R"("username":)" + quote(request_.user) + ",";
  credentials += R"("token":)" + quote(request_.token);
  step.commands.push_back(R"({"type":"authenticate","id":)" + std::string(kAuthentication) + R"(,"credentials":{)" +
                          credentials + "}}");
}

// The next command for a channel: its history where that is wanted and was not asked for, else to subscribe from where
// it has been shown.
void Feed::ask(Channel& one, FeedStep& step) {
  const std::string rest = R"(","id":)" + std::to_string(&one - channels_.data()) + R"(,"channel":)" + quote(one.name);
  if (!one.position && !one.asked_history && (request_.history > 0 || request_.since_offset)) {
    const std::uint64_t limit = std::max<std::uint64_t>(request_.history, 1);
    step.commands.push_back(R"({"type":"history)" + rest + R"(,"limit":)" + std::to_string(limit) + "}");
    return;
  }
  const std::string position = one.position ? since(one.position->epoch, one.position->offset) : "";
  step.commands.push_back(R"({"type":"subscribe)" + rest + position + "}");
}

void Feed::take_history(const Reply& reply, FeedStep& step) {
  Channel* const one = find(reply.text(channel));
  const auto elements = protocol::json_elements(reply.body.value(messages));
  auto position = reply.position();
  if (one == nullptr || !elements || !position) {
    return;
  }
  one->asked_history = true;
  if (request_.since_offset) {
    position->offset = *request_.since_offset;
  } else {
    for (const std::string_view element : *elements) {  // each is {"offset":...,"data":...}
      step.shown.push_back(R"({"type":"message","channel":)" + quote(one->name) + "," + std::string(element.substr(1)));
    }
  }
  one->position = std::move(position);
  ask(*one, step);
}

void Feed::take_subscribed(const Reply& reply, FeedStep& step) {
  Channel* const one = find(reply.text(channel));
  if (one == nullptr) {
    return;
  }
  const bool again = std::exchange(one->subscribed, true);
  const auto position = reply.position();
  if (reply.body.value(recovered) == "true" && one->position) {
    one->position->epoch = position ? position->epoch : one->position->epoch;
    return;  // what was missed follows, and moves the position on
  }
  if (reply.body.value(recovered) == "false") {
    step.notes.push_back(one->name + ": what was published before offset " +
                         std::to_string(position ? position->offset : 0) + " and not shown cannot be had any more");
  } else if (again) {
    step.notes.push_back(one->name + ": what was published meanwhile is not shown: the channel keeps no history");
  }
  one->position = position;
}

void Feed::take_error(const Reply& reply, FeedStep& step) {
  const auto index = protocol::json_uint64(reply.body.value(id));
  const std::string why = core::one_line(reply.text(message)) + " (" + core::one_line(reply.text(code)) + ")";
  if (!index || *index >= channels_.size()) {
    step.refusal = why;
    step.lasting = true;
    return;
  }
  Channel& one = channels_[*index];
  const bool about_history = !one.position && !one.asked_history && (request_.history > 0 || request_.since_offset);
  if (about_history && reply.text(code) == "not_found") {
    one.asked_history = true;
    step.notes.push_back(one.name + ": " + why);
    ask(one, step);
    return;
  }
  step.refusal = one.name + ": " + why;
  step.lasting = !passes(reply.text(code));
}

void Feed::show(std::string_view text, const Reply& reply, FeedStep& step) {
  Channel* const one = find(reply.text(channel));
  if (one == nullptr) {
    return;
  }
  const auto number = protocol::json_uint64(reply.body.value(offset));
  if (number && one->position) {
    one->position->offset = *number;
  }
  if (reply.text(type) == "gap") {
    one->position = reply.position();
    step.notes.push_back(one->name + ": something may be missing here");
  }
  step.shown.emplace_back(text);
}

}  // namespace sentix::tools
