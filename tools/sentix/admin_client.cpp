#include "tools/sentix/admin_client.h"

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "protocol/json_fields.h"
#include "protocol/json_text.h"
#include "protocol/json_value.h"
#include "tools/sentix/client/server_connection.h"

namespace sentix::tools {

namespace {

constexpr std::chrono::seconds kPatience{10};

// What comes next; empty at the end of the connection. A reset is one where something has come before.
std::string_view receive_some(ServerConnection& connection, std::span<std::byte> buffer, bool is_first) {
  try {
    const auto received = connection.receive(buffer, std::chrono::steady_clock::now() + kPatience);
    if (received) {
      return {reinterpret_cast<const char*>(buffer.data()), *received};
    }
  } catch (const std::runtime_error&) {
    if (is_first) {
      throw;
    }
    return {};
  }
  throw std::runtime_error("no answer in time");
}

std::string receive_all(ServerConnection& connection) {
  std::string all;
  std::array<std::byte, 65536> buffer{};
  for (;;) {
    const std::string_view some = receive_some(connection, buffer, all.empty());
    if (some.empty()) {
      return all;
    }
    all.append(some);
  }
}

// The sentence of {"code":"...","message":"..."}.
std::string message_of(std::string_view body) {
  constexpr std::array<std::string_view, 1> kNames{"message"};
  protocol::JsonFields fields(kNames);
  const bool readable = !fields.read(body) && !fields.value(0).empty() && fields.value(0).front() == '"';
  return readable ? protocol::unescape(protocol::string_body(fields.value(0))) : std::string(body);
}

}  // namespace

AdminClient::AdminClient(const core::AdminAddress& address, std::string token) : token_(std::move(token)) {
  url_.host = address.host == "0.0.0.0" ? "127.0.0.1" : address.host == "::" ? "::1" : address.host;
  url_.port = address.port;
  url_.authority = join_authority(url_.host, url_.port);
}

std::string AdminClient::request(std::string_view method, std::string_view path, std::string_view json) const {
  std::string text(method);
  text.append(" ")
      .append(path)
      .append(" HTTP/1.1\r\nHost: ")
      .append(url_.authority)
      .append("\r\nConnection: close\r\n");
  if (!token_.empty()) {
    text.append("Authorization: Bearer ").append(token_).append("\r\n");
  }
  if (method == "POST") {
    text.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(json.size()));
    text.append("\r\n");
  }
  return text.append("\r\n").append(json);
}

std::string AdminClient::ask(std::string_view method, std::string_view path, std::string_view json) const {
  std::string response;
  try {
    ServerConnection connection(url_, {}, kPatience);
    try {
      connection.send(request(method, path, json));
    } catch (const std::runtime_error&) {
      // The server may have answered all the same: that it refuses the body, say.
    }
    response = receive_all(connection);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("the admin listener at " + url_.authority + " cannot be asked: " + error.what());
  }
  return answer_of(response);
}

std::string answer_of(std::string_view response) {
  constexpr std::string_view kBegin = "HTTP/1.1 ";
  constexpr std::size_t kStatusBytes = 3;
  const std::size_t head_end = response.find("\r\n\r\n");
  if (!response.starts_with(kBegin) || head_end == std::string_view::npos) {
    throw std::runtime_error("whoever answers there is no admin listener of sentix");
  }
  const std::string_view status = response.substr(kBegin.size(), kStatusBytes);
  const std::string_view body = response.substr(head_end + 4);
  if (status != "200") {
    throw std::runtime_error(message_of(body));
  }
  return std::string(body);
}

}  // namespace sentix::tools
