#include "core/channel_application.h"

#include <span>
#include <utility>

#include "core/connection.h"
#include "core/shared.h"
#include "core/worker.h"
#include "protocol/utf8.h"

namespace sentix::core {
namespace {

// Those of the handshake that authenticators are shown, as far as they are text.
std::vector<auth::ShownHeader> shown_headers(const std::vector<std::string>& names,
                                             const protocol::HeaderFields& headers) {
  std::vector<auth::ShownHeader> shown;
  for (const std::string& name : names) {
    std::string value = headers.joined(name);
    if (!value.empty() && protocol::valid_utf8(std::as_bytes(std::span(value)))) {
      shown.push_back({name, std::move(value)});
    }
  }
  return shown;
}

}  // namespace

ChannelApplication::ChannelApplication(Shared& shared, const Options& options, std::shared_ptr<Mailbox> mailbox)
    : policy_(options.policy),
      dispatcher_(policy_, shared.handlers, shared.rules, *shared.broker, std::move(mailbox)) {}

void ChannelApplication::opened(Connection& connection, const std::optional<std::string>& credential) {
  if (std::string name = connection.certificate_name(); !name.empty()) {
    connection.session().set_principal(std::make_shared<const auth::Principal>(
        auth::Principal{.user = std::move(name), .info = {}, .grants = std::nullopt}));
  }
  dispatcher_.open(connection.session(), credential.value_or(""),
                   shown_headers(policy_.shown_headers, connection.worker().request().headers));
}

void ChannelApplication::received(Connection& connection, const protocol::Incoming& message) {
  if (message.opcode == protocol::Opcode::binary) {
    connection.close(protocol::CloseCode::unsupported_data, "messages are text here: JSON objects");
    return;
  }
  const auto* text = reinterpret_cast<const char*>(message.payload.data());
  dispatcher_.receive(connection.session(), {text, message.payload.size()}, connection.worker().time());
}

void ChannelApplication::refused(Connection& connection, const protocol::Incoming& message,
                                 const auth::Excess& excess) {
  const auto* text = reinterpret_cast<const char*>(message.payload.data());
  dispatcher_.refuse(connection.session(), {text, message.payload.size()}, excess);
}

void ChannelApplication::closed(Connection& connection) {
  dispatcher_.close(connection.session(), connection.worker().time());
}

bool ChannelApplication::awaits_authentication(const Connection& connection) const {
  return policy_.auth_enabled && connection.session().principal() == nullptr;
}

}  // namespace sentix::core
