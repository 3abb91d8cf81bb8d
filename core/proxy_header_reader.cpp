#include "core/proxy_header_reader.h"

#include <sys/socket.h>

#include <cerrno>

#include "protocol/proxy_header.h"

namespace sentix::core {

namespace {

ssize_t receive_some(int fd, std::span<std::byte> into, int flags) {
  ssize_t result = -1;
  do {
    result = ::recv(fd, into.data(), into.size(), flags);
  } while (result < 0 && errno == EINTR);
  return result;
}

}  // namespace

ProxyHeaderReader::State ProxyHeaderReader::receive(int fd, std::span<std::byte> scratch) {
  using protocol::ProxyHeader;
  const std::size_t held = received_.size();
  const auto room = scratch.first(protocol::kProxyHeaderBytesMax - held);
  const ssize_t peeked = receive_some(fd, room, MSG_PEEK);
  if (peeked < 0) {
    return errno == EAGAIN || errno == EWOULDBLOCK ? State::need_more : State::lost;
  }
  if (peeked == 0) {
    return State::lost;
  }
  received_.insert(received_.end(), room.begin(), room.begin() + peeked);
  const ProxyHeader header = protocol::read_proxy_header(received_);
  switch (header.state) {
    case ProxyHeader::State::need_more:
      return received_.size() < protocol::kProxyHeaderBytesMax ? take(fd, scratch, static_cast<std::size_t>(peeked))
                                                               : State::refused;
    case ProxyHeader::State::complete:
      source_ = header.source;
      return take(fd, scratch, header.size - held) == State::need_more ? State::complete : State::lost;
    case ProxyHeader::State::absent:
    case ProxyHeader::State::bad:
      break;
  }
  return State::refused;
}

// Takes what was peeked at off the socket, where it still is.
ProxyHeaderReader::State ProxyHeaderReader::take(int fd, std::span<std::byte> scratch, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t taken = receive_some(fd, scratch.first(bytes), 0);
    if (taken <= 0) {
      return State::lost;
    }
    bytes -= static_cast<std::size_t>(taken);
  }
  return State::need_more;
}

}  // namespace sentix::core
