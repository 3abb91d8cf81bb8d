#include "sentix/server.h"

#include <string>
#include <utility>

#include "channels/session_id.h"
#include "core/arguments.h"
#include "core/public_api/conversions.h"
#include "core/public_api/server_impl.h"

namespace sentix {

namespace {

channels::SessionId require_id(std::string_view connection_id) {
  const auto id = channels::parse_session_id(connection_id);
  core::require(id.has_value(), "this is not the id of a connection: Session::id() gives it");
  return *id;
}

}  // namespace

Server::Server(std::string host, std::uint16_t port) : impl_(std::make_unique<Impl>(std::move(host), port)) {}

Server::~Server() = default;

void Server::start() {
  impl_->begin().run();
}

void Server::stop() {
  impl_->give_up();
  impl_->act([](core::Server& server) { server.stop(); });
}

bool Server::wait_until_listening() const {
  core::Server* const server = impl_->await_server();
  return server != nullptr && server->wait_until_listening();
}

void Server::reload_certificates() {
  if (core::Server* const server = impl_->server()) {  // one that is made later reads them then
    server->reload_tls();
  }
}

std::uint16_t Server::port() const {
  core::Server* const server = impl_->server();
  return server != nullptr ? server->port() : std::uint16_t{0};
}

std::uint16_t Server::admin_port() const {
  core::Server* const server = impl_->server();
  return server != nullptr ? server->admin_port() : std::uint16_t{0};
}

std::size_t Server::client_count() const {
  core::Server* const server = impl_->server();
  return server != nullptr ? server->client_count() : 0;
}

void Server::create_channel(std::string_view name, const ChannelOptions& options) {
  core::require_channel_name_or_pattern(name);
  impl_->act([name = std::string(name), internal = to_internal(options)](core::Server& server) {
    server.create_channel(name, internal);
  });
}

void Server::broadcast(std::string_view data, std::string_view channel) {
  if (core::Server* const server = impl_->server()) {
    return server->broadcast(data, channel);
  }
  core::require_json(data);
  core::require_channel_name(channel);
  impl_->act([data = std::string(data), channel = std::string(channel)](core::Server& server) {
    server.broadcast(data, channel);
  });
}

// Before there is a server no id names a connection, and so there is nothing to do but to check, as the server does.

void Server::send_to(std::string_view connection_id, std::string_view json) {
  const channels::SessionId id = require_id(connection_id);
  if (core::Server* const server = impl_->server()) {
    return server->send_to(id, json);
  }
  core::require_json(json);
}

void Server::close_connection(std::string_view connection_id, std::uint16_t code, std::string_view reason) {
  const channels::SessionId id = require_id(connection_id);
  if (core::Server* const server = impl_->server()) {
    return server->close_connection(id, code, reason);
  }
  core::require_close(code, reason);
}

void Server::subscribe(std::string_view connection_id, std::string_view channel) {
  const channels::SessionId id = require_id(connection_id);
  if (core::Server* const server = impl_->server()) {
    return server->subscribe(id, channel);
  }
  core::require_channel_name(channel);
}

void Server::unsubscribe(std::string_view connection_id, std::string_view channel) {
  const channels::SessionId id = require_id(connection_id);
  if (core::Server* const server = impl_->server()) {
    return server->unsubscribe(id, channel);
  }
  core::require_channel_name(channel);
}

}  // namespace sentix
