#include "core/admin/disconnecting.h"

#include <array>
#include <numeric>
#include <optional>
#include <stdexcept>

#include "core/admin/json_body.h"
#include "core/admin/worker_question.h"
#include "core/arguments.h"
#include "protocol/json_value.h"

namespace sentix::core {
namespace {

struct Wanted {
  std::string user;  // or
  channels::SessionId connection = channels::SessionId::none;
  protocol::CloseCode code = protocol::CloseCode::forbidden;
  std::string reason = "disconnected by the operator";
};

// Empty where `body` asks for something.
std::string read_close(const JsonBody& body, Wanted& wanted) {
  if (!body.value(3).empty()) {
    const auto reason = body.text(3);
    if (!reason) {
      return R"("reason" must be a string.)";
    }
    wanted.reason = *reason;
  }
  const auto code = static_cast<std::uint64_t>(wanted.code);
  const auto given = body.value(2).empty() ? std::optional(code) : protocol::json_uint64(body.value(2));
  if (!given || *given > 4999) {
    return R"("code" must be a close code, from 1000 to 4999.)";
  }
  try {
    wanted.code = require_close(static_cast<std::uint16_t>(*given), wanted.reason);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

std::string read(std::string_view json, Wanted& wanted) {
  constexpr static std::array<std::string_view, 4> kNames{"user", "connection", "code", "reason"};
  JsonBody body(kNames);
  if (std::string problem = body.read(json); !problem.empty()) {
    return problem;
  }
  wanted.user = body.text(0).value_or("");
  wanted.connection = channels::parse_session_id(body.text(1).value_or("")).value_or(channels::SessionId::none);
  const bool by_connection = wanted.connection != channels::SessionId::none;
  if (wanted.user.empty() != by_connection || body.value(0).empty() == body.value(1).empty()) {
    return R"(Either "user" must be given, a name, or "connection", an id such as c0100000000000001.)";
  }
  return read_close(body, wanted);
}

std::size_t disconnect(Worker& worker, const Wanted& wanted) {
  if (!wanted.user.empty()) {
    return worker.close_user(wanted.user, wanted.code, wanted.reason);
  }
  Connection* connection = worker.find(wanted.connection);
  if (connection == nullptr || connection->phase() != Connection::Phase::open) {
    return 0;
  }
  connection->close(wanted.code, wanted.reason);
  return 1;
}

std::size_t sum(const std::vector<std::size_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

void disconnect_one(AdminContext& context, const Wanted& wanted, const AdminReply& reply) {
  ask_workers<std::size_t>(
      context, {Worker::index_of(wanted.connection) % context.shared.mailboxes.size()},
      [wanted](Worker& worker) { return disconnect(worker, wanted); }, reply,
      [](const std::vector<std::size_t>& counts) -> AdminAnswer {
        return sum(counts) > 0 ? AdminAnswer{.body = R"({"disconnected":1})"}
                               : admin_error(404, "not_found", "There is no such connection.");
      });
}

// `nodes` have been told; 0: there are no others.
void disconnect_user(AdminContext& context, const Wanted& wanted, const AdminReply& reply, std::size_t nodes) {
  std::vector<std::size_t> workers(context.shared.mailboxes.size());
  std::iota(workers.begin(), workers.end(), std::size_t{0});
  ask_workers<std::size_t>(
      context, workers, [wanted](Worker& worker) { return disconnect(worker, wanted); }, reply,
      [nodes](const std::vector<std::size_t>& counts) -> AdminAnswer {
        std::string body = R"({"disconnected":)" + std::to_string(sum(counts));
        body += nodes > 0 ? R"(,"nodes":)" + std::to_string(nodes) : std::string();
        return {.body = body + '}'};
      });
}

}  // namespace

void answer_disconnect(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  Wanted wanted;
  if (const std::string problem = read(request.body, wanted); !problem.empty()) {
    return reply(bad_request(problem));
  }
  RemoteBroker* const remote = context.shared.remote_broker;
  if (wanted.user.empty()) {
    return disconnect_one(context, wanted, reply);
  }
  if (remote == nullptr) {
    return disconnect_user(context, wanted, reply, 0);
  }
  remote->disconnect(
      {.user = wanted.user, .code = static_cast<std::uint16_t>(wanted.code), .reason = wanted.reason},
      [inbox = context.inbox, &context, wanted, reply](std::size_t nodes) {
        inbox->post([&context, wanted, reply, nodes] { disconnect_user(context, wanted, reply, nodes); });
      });
}

}  // namespace sentix::core
