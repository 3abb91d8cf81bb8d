#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sentix::load {

// What is spoken with the server. `raw` is TCP without a handshake: the same bytes are sent, and the server is expected
// to send each of them back, which is what a bare echo does.
enum class Transport : std::uint8_t { websocket, raw };

// Where to connect to, resolved.
struct Target {
  std::string url;  // as it was given
  Transport transport = Transport::websocket;
  std::string host{};  // for the Host header
  std::string path{};  // and query
  sockaddr_storage address{};
  socklen_t address_size = 0;
};

// Reads ws://HOST[:PORT][/PATH], tcp://HOST:PORT and unix:/PATH, and looks the host up. Throws std::invalid_argument
// with a sentence.
[[nodiscard]] Target parse_target(std::string_view url);

// The path for one room: every {room} in it is replaced by the number.
[[nodiscard]] std::string path_of_room(std::string_view path, std::size_t room);

}  // namespace sentix::load
