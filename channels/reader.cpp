#include "channels/reader.h"

#include <string>
#include <vector>

#include "channels/late_answer.h"
#include "channels/refusals.h"
#include "channels/wire_values.h"
#include "protocol/event_encoder.h"

namespace sentix::channels {

namespace {

constexpr std::uint64_t kHistoryLimitDefault = 100;

std::size_t entries_wanted(const protocol::Command& command) {
  if (command.id.empty()) return 0;
  return static_cast<std::size_t>(command.limit.value_or(kHistoryLimitDefault));
}

// What is asked for, as far as the answer needs it.
struct HistoryQuestion {
  protocol::RequestId id;
  std::string_view channel;
};
struct PresenceQuestion {
  protocol::RequestId id;
  std::string_view channel;
  bool listed;  // or only counted
};

Refused answer(Session& session, const HistoryQuestion& asked, const std::optional<Broker::Read>& read) {
  if (!read) return refusals::no_history(asked.channel);
  if (read->answered != Broker::Answered::now) return refusals::unavailable();
  if (asked.id.empty()) return std::nullopt;

  std::vector<protocol::HistoryMessage> messages;
  messages.reserve(read->entries.size());
  for (const HistoryEntry& entry : read->entries) messages.push_back({entry.offset, entry.message.data_json()});
  session.peer().reply(protocol::encode(protocol::HistoryReply{asked.id, asked.channel, to_wire(read->top), messages}));
  return std::nullopt;
}

Refused answer(Session& session, const PresenceQuestion& asked, const std::optional<Broker::Members>& list) {
  if (!list) return refusals::no_presence(asked.channel);
  if (list->answered != Broker::Answered::now) return refusals::unavailable();
  if (asked.id.empty()) return std::nullopt;
  protocol::PresenceReply reply{.id = asked.id, .channel = asked.channel};
  const auto members = to_wire(list->members);
  if (asked.listed) reply.members = members;
  if (!asked.listed || !list->whole()) reply.count = list->count;
  session.peer().reply(protocol::encode(reply));
  return std::nullopt;
}

// For an answer that comes later. The session is paused until then, so that answers keep the order of commands.
template <class Result, class Question>
auto conclude_late(const Question& asked) {
  return [asked, id = std::string(asked.id.json), channel = std::string(asked.channel)](Session& session,
                                                                                        const Result& result) {
    Question owned = asked;
    owned.id = {id};
    owned.channel = channel;
    if (const Refused refused = answer(session, owned, result)) {
      session.peer().reply(protocol::encode(protocol::ErrorReply{owned.id, refused->code, refused->message}));
    }
    session.peer().resume();
  };
}

// Asks by ask(asker), and answers at once or later.
template <class Result, class Question, class Ask>
Refused ask_and_answer(Context& context, Session& session, const Question& question, Ask&& ask) {
  const auto conclude = [&question] { return conclude_late<Result>(question); };
  const auto asker = late_answer<Result>(context.inbox, session.id(), conclude);
  const Result result = ask(&asker);
  if (!result || result->answered != Broker::Answered::later) return answer(session, question, result);
  session.peer().pause();
  return std::nullopt;
}

}  // namespace

Refused Reader::history(const Request& request) {
  const HistoryQuestion question{request.command.id, request.command.channel};
  using Result = std::optional<Broker::Read>;
  return ask_and_answer<Result>(context_, request.session, question, [&](const Broker::Asker<Result>* asker) {
    const protocol::Command& asked = request.command;
    return context_.broker.history({
        .channel = asked.channel,
        .rule = request.rule,
        .limit = entries_wanted(asked),
        .since = asked.since ? std::optional(from_wire(*asked.since)) : std::nullopt,
        .reverse = asked.reverse,
        .now = request.now,
        .asker = asker,
    });
  });
}

Refused Reader::presence(const Request& request) {
  const protocol::Command& command = request.command;
  const PresenceQuestion question{command.id, command.channel, !command.count};
  using Result = std::optional<Broker::Members>;
  return ask_and_answer<Result>(context_, request.session, question, [&](const Broker::Asker<Result>* asker) {
    const bool listed = question.listed && !command.id.empty();
    return context_.broker.members(command.channel, request.rule, listed ? kAllMembers : 0, asker);
  });
}

Refused Reader::ping(const Request& request) {
  const protocol::RequestId id = request.command.id;
  if (!id.empty()) request.session.peer().reply(protocol::encode(protocol::Pong{id}));
  return std::nullopt;
}

}  // namespace sentix::channels
