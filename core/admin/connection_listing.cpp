#include "core/admin/connection_listing.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>

#include "channels/registry.h"
#include "core/admin/query.h"
#include "core/admin/time_text.h"
#include "core/admin/worker_question.h"
#include "protocol/http_syntax.h"
#include "protocol/json_writer.h"

namespace sentix::core {
namespace {

using channels::SessionId;
using protocol::JsonWriter;

constexpr std::uint64_t kPageDefault = 100;
constexpr std::uint64_t kPageMax = 1000;
constexpr std::size_t kSubscriptionsMax = 1000;  // that are listed
constexpr std::size_t kBytesOfEach = 200;        // an estimate

struct Client {
  SessionId id;
  std::string address;
  auth::PrincipalPtr principal;
  std::size_t channels;
  Connection::Status status;
  std::vector<std::string> subscriptions = {};
};

Client client_of(Connection& connection) {
  const channels::Session& session = connection.session();
  return {.id = connection.id(),
          .address = connection.remote_address(),
          .principal = session.principal(),
          .channels = session.listening().size(),
          .status = connection.status()};
}

bool holds(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return protocol::equal_ignoring_case({&a, 1}, {&b, 1}); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

struct Search {
  std::string text;
  SessionId after = SessionId::none;
  std::size_t limit = 0;

  [[nodiscard]] bool finds(const Client& client) const {
    return text.empty() || holds(channels::to_text(client.id), text) || holds(client.address, text) ||
           (client.principal && holds(client.principal->user, text));
  }
};

// What one worker has of a page, and where to go on with it.
struct Part {
  unsigned worker;
  std::vector<Client> clients = {};
  SessionId next = SessionId::none;
};

Part look(Worker& worker, const Search& search) {
  Part part{.worker = worker.index()};
  part.next = worker.visit_clients(search.after, [&](Connection& connection) {
    if (Client client = client_of(connection); search.finds(client)) {
      part.clients.push_back(std::move(client));
    }
    return part.clients.size() < search.limit;
  });
  return part;
}

void write_client(JsonWriter& out, const Client& client) {
  constexpr std::uint64_t kMs = 1000;
  out.key("connection").string(channels::to_text(client.id)).key("address").string(client.address);
  if (client.principal) {
    out.key("user").string(client.principal->user);
  }
  out.key("channels").number(client.channels);
  out.key("connected_seconds").number(static_cast<std::uint64_t>(client.status.connected.count()) / kMs);
  out.key("waiting_bytes").number(client.status.waiting_bytes);
}

// Workers' ids lie one worker behind the other: a page ends where the first worker has more.
AdminAnswer page_of(std::vector<Part> parts, std::size_t limit) {
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.worker < b.worker; });
  std::vector<Client> clients;
  SessionId next = SessionId::none;
  for (Part& part : parts) {
    std::move(part.clients.begin(), part.clients.end(), std::back_inserter(clients));
    next = part.next;
    if (next != SessionId::none) {
      break;
    }
  }
  if (clients.size() > limit) {
    clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(limit), clients.end());
    next = clients.back().id;
  }
  JsonWriter out(kBytesOfEach * (1 + clients.size()));
  out.open('{').key("connections").open('[');
  for (const Client& client : clients) {
    write_client(out.open('{'), client);
    out.close('}');
  }
  out.close(']');
  if (next != SessionId::none) {
    out.key("next").string(channels::to_text(next));
  }
  return json_answer(std::move(out.close('}')));
}

// Empty where it is not connected.
std::optional<Client> look_at(Worker& worker, SessionId id) {
  Connection* const connection = worker.find(id);
  if (connection == nullptr || connection->phase() != Connection::Phase::open) {
    return std::nullopt;
  }
  Client client = client_of(*connection);
  const auto listening = connection->session().listening();
  for (std::size_t i = 0; i < std::min(listening.size(), kSubscriptionsMax); ++i) {
    client.subscriptions.push_back(listening[i].channel->name());
  }
  return client;
}

AdminAnswer details_of(const Client& client) {
  JsonWriter out(kBytesOfEach);
  write_client(out.open('{'), client);
  const auto quiet = std::chrono::duration_cast<std::chrono::seconds>(client.status.quiet);
  out.key("quiet_seconds").number(static_cast<std::uint64_t>(quiet.count()));
  out.key("read_from").boolean(client.status.read_from);
  out.key("tls").boolean(client.status.tls).key("compressed").boolean(client.status.compressed);
  if (client.principal && !client.principal->info.empty()) {
    out.key("info").raw(client.principal->info);
  }
  if (client.principal && client.principal->expires_at) {
    out.key("expires_at").string(time_text(*client.principal->expires_at));
  }
  if (client.principal && !client.principal->rate_class.empty()) {
    out.key("rate_class").string(client.principal->rate_class);
  }
  out.key("subscriptions").open('[');
  for (const std::string& channel : client.subscriptions) {
    out.string(channel);
  }
  return json_answer(std::move(out.close(']').close('}')));
}

}  // namespace

void answer_connections(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  AdminQuery query(request);
  const std::string after = query.text("after");
  const Search search{.text = query.text("search"),
                      .after = channels::parse_session_id(after).value_or(SessionId::none),
                      .limit = query.number("limit", kPageDefault, kPageMax)};
  if (!query.problem().empty()) {
    return reply(bad_request(query.problem()));
  }
  if (!after.empty() && search.after == SessionId::none) {
    return reply(bad_request("after is the id of a connection, such as c0100000000000001."));
  }
  std::vector<std::size_t> workers(context.shared.mailboxes.size());
  std::iota(workers.begin(), workers.end(), std::size_t{0});
  ask_workers<Part>(
      context, workers, [search](Worker& worker) { return look(worker, search); }, reply,
      [limit = search.limit](const std::vector<Part>& parts) { return page_of(parts, limit); });
}

void answer_connection(AdminContext& context, const AdminRequest& request, const AdminReply& reply) {
  AdminQuery query(request);
  const auto id = channels::parse_session_id(query.text("id"));
  if (!id) {
    return reply(bad_request("id is that of a connection, such as c0100000000000001."));
  }
  ask_workers<std::optional<Client>>(
      context, {Worker::index_of(*id) % context.shared.mailboxes.size()},
      [id](Worker& worker) { return look_at(worker, *id); }, reply,
      [](const std::vector<std::optional<Client>>& found) {
        return found.front() ? details_of(*found.front())
                             : admin_error(404, "not_found", "There is no such connection.");
      });
}

}  // namespace sentix::core
