#include "core/tls/socket_bio.h"

#include <sys/socket.h>

#include <cerrno>

namespace sentix::core {
namespace {

int descriptor(BIO* bio) {
  return *static_cast<const int*>(BIO_get_data(bio));
}

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

int receive(BIO* bio, char* into, std::size_t size, std::size_t* received) noexcept {
  BIO_clear_retry_flags(bio);
  for (;;) {
    const ssize_t count = ::recv(descriptor(bio), into, size, 0);
    if (count > 0) {
      *received = static_cast<std::size_t>(count);
      return 1;
    }
    if (count == 0) {
      BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
      return 0;
    }
    if (errno != EINTR) {
      if (would_block(errno)) {
        BIO_set_retry_read(bio);
      }
      return 0;
    }
  }
}

int send(BIO* bio, const char* from, std::size_t size, std::size_t* sent) noexcept {
  BIO_clear_retry_flags(bio);
  for (;;) {
    const ssize_t count = ::send(descriptor(bio), from, size, MSG_NOSIGNAL);
    if (count >= 0) {
      *sent = static_cast<std::size_t>(count);
      return 1;
    }
    if (errno != EINTR) {
      if (would_block(errno)) {
        BIO_set_retry_write(bio);
      }
      return 0;
    }
  }
}

long control(BIO* bio, int command, long /*number*/, void* /*pointer*/) noexcept {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_EOF:
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    default:
      return 0;
  }
}

BIO_METHOD* new_method() {
  BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
  if (method != nullptr) {
    BIO_meth_set_read_ex(method, receive);
    BIO_meth_set_write_ex(method, send);
    BIO_meth_set_ctrl(method, control);
  }
  return method;
}

}  // namespace

BioPtr new_socket_bio(int* fd) {
  static const std::unique_ptr<BIO_METHOD, FreedBy<BIO_meth_free>> method(new_method());
  BioPtr bio(method ? BIO_new(method.get()) : nullptr);
  if (bio) {
    BIO_set_data(bio.get(), fd);
    BIO_set_init(bio.get(), 1);
  }
  return bio;
}

}  // namespace sentix::core
