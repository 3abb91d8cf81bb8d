#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocol/ip_address.h"

namespace sentix::core {

// Takes the header of the PROXY protocol (protocol/proxy_header.h) from the beginning of a connection, and not a byte
// of what follows it: that is TLS, or a request. What has arrived of a header that is not complete is taken off the
// socket, so that the socket is not readable again before there is more.
class ProxyHeaderReader {
 public:
  enum class State : std::uint8_t {
    need_more,  // call again when the socket is readable
    complete,   // what comes next is the client's
    refused,    // there is none, or it breaks the rules
    lost,       // the connection has ended
  };

  // Reads what is there on the socket `fd`, which does not block. `scratch` has room for kProxyHeaderBytesMax.
  State receive(int fd, std::span<std::byte> scratch);

  // Whom a complete header tells; none where it does not tell, and then it is the proxy itself.
  [[nodiscard]] const std::optional<protocol::IpEndpoint>& source() const { return source_; }

 private:
  State take(int fd, std::span<std::byte> scratch, std::size_t bytes);

  std::vector<std::byte> received_;
  std::optional<protocol::IpEndpoint> source_;
};

}  // namespace sentix::core
