#include "core/stream.h"

#include <sys/socket.h>

#include <cerrno>

namespace sentix::core {
namespace {

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

}  // namespace

Transfer Stream::receive_plain(std::span<std::byte> into) {
  for (;;) {
    const ssize_t count = ::recv(fd_.get(), into.data(), into.size(), 0);
    if (count > 0) {
      return {Transfer::Status::done, static_cast<std::size_t>(count)};
    }
    if (count == 0) {
      return {Transfer::Status::ended};
    }
    if (errno != EINTR) {
      return {would_block(errno) ? Transfer::Status::would_block : Transfer::Status::lost};
    }
  }
}

Transfer Stream::send_plain(std::span<iovec> vectors) {
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = vectors.size();
  for (;;) {
    // One piece is the usual case, and send() is cheaper than sendmsg().
    const ssize_t count = vectors.size() == 1 ? ::send(fd_.get(), vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL)
                                              : ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
    if (count >= 0) {
      return {Transfer::Status::done, static_cast<std::size_t>(count)};
    }
    if (errno != EINTR) {
      return {would_block(errno) ? Transfer::Status::would_block : Transfer::Status::lost};
    }
  }
}

bool Stream::shut_down_sending() {
  if (tls_ && !tls_->end()) {
    return false;
  }
  tls_.reset();
  ::shutdown(fd_.get(), SHUT_WR);
  return true;
}

}  // namespace sentix::core
