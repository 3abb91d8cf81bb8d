#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/sentix/settings.h"

namespace sentix::tools {

// Where a server is, for a client.
struct ServerUrl {
  std::string text;         // as a person writes it, and is shown it
  bool tls = false;         // wss://
  std::string socket_path;  // of unix:/PATH; then neither host nor port means anything
  std::string host;         // a name or an address, without the brackets of IPv6
  std::uint16_t port = 0;
  std::string authority = "localhost";  // HOST[:PORT] as in the URL, for the Host header
  std::string target = "/";             // path and query
};

// Reads ws://HOST[:PORT][/PATH], wss:// alike, and unix:/PATH. http:// and https:// are ws:// and wss://, as in
// browsers. Throws std::invalid_argument with a sentence.
[[nodiscard]] ServerUrl parse_server_url(std::string_view text);

// Where a server with these settings can be reached from its own machine: where it listens on every address, on the
// loopback one.
[[nodiscard]] ServerUrl url_of(const Settings& settings);

// HOST[:PORT] in its parts.
struct HostAndPort {
  std::string host;                   // without brackets
  std::optional<std::uint16_t> port;  // where it is there
};

// Throws std::invalid_argument with a sentence where it is not HOST[:PORT] with a port from 1 to 65535.
[[nodiscard]] HostAndPort split_authority(std::string_view authority);

// [::1]:80 or example.com:80.
[[nodiscard]] std::string join_authority(std::string_view host, std::uint16_t port);

}  // namespace sentix::tools
