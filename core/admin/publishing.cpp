#include "core/admin/publishing.h"

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "channels/refusals.h"
#include "core/admin/admin_asker.h"
#include "core/admin/publication_request.h"
#include "protocol/json_text.h"

namespace sentix::core {
namespace {

using channels::Broker;
using Outcome = Broker::Published::Outcome;

// To be told on the admin thread what became of one publication, once: at once, or when it is stored.
using Concluded = std::function<void(AdminAnswer)>;

AdminAnswer answer_to(AdminContext& context, const std::string& channel, const Broker::Published& published) {
  switch (published.outcome) {
    case Outcome::ok: {
      ++context.publications;
      if (published.local) {
        return {.body = R"({"local":true})"};
      }
      if (!published.position) {
        return {};
      }
      std::string body = R"({"offset":)" + std::to_string(published.position->offset) + R"(,"epoch":)";
      protocol::append_quoted(body, published.position->epoch);
      return {.body = body + '}'};
    }
    case Outcome::not_found:
      return admin_error(404, "not_found", "There is no channel \"" + channel + "\".");
    case Outcome::not_stored:
    case Outcome::unknown:
    case Outcome::unsafe:
      return admin_error(503, "unavailable", channels::refusals::not_published(published).message);
    case Outcome::later:
    case Outcome::too_many_channels:
      break;
  }
  return admin_error(429, "limit_exceeded",
                     "There are as many channels as there may be: max_channels is " +
                         std::to_string(context.shared.broker->channels_max()) + ".");
}

void publish(AdminContext& context, const PublicationRequest& request, const Concluded& concluded) {
  Shared& shared = context.shared;
  if (shared.full()) {
    return concluded(
        admin_error(429, "rate_limited",
                    "Too much waits for a worker or the storage, come back after a pause: mailbox_bytes is " +
                        std::to_string(shared.configuration.get()->options.mailbox_bytes) + "."));
  }
  const AdminAsker<Broker::Published> author(
      context, [&context, channel = request.channel, concluded](const Broker::Published& published) {
        concluded(answer_to(context, channel, published));
      });
  const auto rule = shared.rules.find(request.channel);
  const auto published = shared.broker->publish({.channel = request.channel,
                                                 .rule = rule,
                                                 .data = request.data,
                                                 .key = request.key,
                                                 .now = std::chrono::steady_clock::now(),
                                                 .author = &author});
  if (published.outcome != Outcome::later) {
    concluded(answer_to(context, request.channel, published));
  }
}

// Publishes all, in their order, and replies with what `conclude` makes of the answers when the last of them is there;
// 504 when some storage takes too long.
void publish_all(AdminContext& context, const std::vector<PublicationRequest>& all, const AdminReply& reply,
                 AdminAnswer (*conclude)(const std::vector<AdminAnswer>&)) {
  struct Batch {
    std::vector<AdminAnswer> answers;
    std::size_t missing;
    bool over = false;
  };
  const auto batch = std::make_shared<Batch>(Batch{std::vector<AdminAnswer>(all.size()), all.size()});
  const auto finish = [batch, reply, conclude] {
    if (batch->missing == 0 && !std::exchange(batch->over, true)) {
      reply(conclude(batch->answers));
    }
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    publish(context, all[i], [batch, finish, i](AdminAnswer answer) {
      batch->answers[i] = std::move(answer);
      --batch->missing;
      finish();
    });
  }
  finish();  // where there are none
  if (!batch->over) {
    context.do_later([batch, reply] {
      if (!std::exchange(batch->over, true)) {
        reply(admin_error(504, "timeout", "It is not stored yet; it may still be published."));
      }
    });
  }
}

AdminAnswer only_one(const std::vector<AdminAnswer>& answers) {
  return answers.front();
}

AdminAnswer results(const std::vector<AdminAnswer>& answers) {
  std::string body = R"({"results":[)";
  for (const AdminAnswer& answer : answers) {
    body.append(answer.body).append(",");
  }
  if (!answers.empty()) {
    body.pop_back();
  }
  return {.body = body + "]}"};
}

}  // namespace

void answer_publish(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  std::vector<PublicationRequest> one(1);
  const std::string problem = read_publication(request.body, one.front());
  problem.empty() ? publish_all(context, one, reply, only_one) : reply(bad_request(problem));
}

void answer_publish_batch(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  std::vector<PublicationRequest> all;
  const std::string problem = read_batch(request.body, all);
  problem.empty() ? publish_all(context, all, reply, results) : reply(bad_request(problem));
}

void answer_broadcast(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  std::vector<PublicationRequest> all;
  const std::string problem = read_broadcast(request.body, all);
  problem.empty() ? publish_all(context, all, reply, results) : reply(bad_request(problem));
}

}  // namespace sentix::core
