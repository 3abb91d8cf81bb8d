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

}  // namespace

void answer_disconnect(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  Wanted wanted;
  if (const std::string problem = read(request.body, wanted); !problem.empty()) {
    return reply(bad_request(problem));
  }
  std::vector<std::size_t> workers(context.shared.mailboxes.size());
  std::iota(workers.begin(), workers.end(), std::size_t{0});
  const bool by_user = !wanted.user.empty();
  if (!by_user) {
    workers = {Worker::index_of(wanted.connection) % context.shared.mailboxes.size()};
  }
  ask_workers<std::size_t>(
      context, workers, [wanted](Worker& worker) { return disconnect(worker, wanted); }, reply,
      [by_user](const std::vector<std::size_t>& counts) -> AdminAnswer {
        const auto count = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
        if (count == 0 && !by_user) {
          return admin_error(404, "not_found", "There is no such connection.");
        }
        return {.body = R"({"disconnected":)" + std::to_string(count) + "}"};
      });
}

}  // namespace sentix::core
