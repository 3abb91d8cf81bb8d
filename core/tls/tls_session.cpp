#include "core/tls/tls_session.h"

#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "core/tls/socket_bio.h"

namespace sentix::core {
namespace {

constexpr std::size_t kBytesAtOnce = 256 << 10;  // received or sent; then the others have their turn

// Pieces of memory, as one stretch that is walked through.
class Walk {
 public:
  explicit Walk(std::span<const iovec> pieces) : pieces_(pieces) { skip_empty(); }

  [[nodiscard]] bool over() const { return pieces_.empty(); }

  // The next bytes, at most `count`: where they lie together, in their place; else copied together into `scratch`.
  [[nodiscard]] std::span<const std::byte> next(std::size_t count, std::span<std::byte> scratch) const {
    const std::span<const std::byte> first = front();
    if (first.size() >= count || pieces_.size() == 1) {
      return first.first(std::min(count, first.size()));
    }
    std::size_t filled = 0;
    for (Walk rest = *this; !rest.over() && filled < count;) {
      const auto piece = rest.front().first(std::min(count - filled, rest.front().size()));
      std::memcpy(scratch.data() + filled, piece.data(), piece.size());
      filled += piece.size();
      rest.advance(piece.size());
    }
    return scratch.first(filled);
  }

  void advance(std::size_t count) {
    while (count > 0) {
      const std::size_t step = std::min(count, front().size());
      done_ += step;
      count -= step;
      skip_empty();
    }
  }

 private:
  [[nodiscard]] std::span<const std::byte> front() const {
    return std::span(static_cast<const std::byte*>(pieces_.front().iov_base), pieces_.front().iov_len).subspan(done_);
  }

  void skip_empty() {
    while (!pieces_.empty() && done_ == pieces_.front().iov_len) {
      pieces_ = pieces_.subspan(1);
      done_ = 0;
    }
  }

  std::span<const iovec> pieces_;
  std::size_t done_ = 0;  // of the first one
};

}  // namespace

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, int fd, std::span<std::byte> record)
    : context_(std::move(context)), fd_(fd), ssl_(context_->new_session()), record_(record) {
  attach();
  SSL_set_accept_state(ssl_.get());
}

TlsSession::TlsSession(SslPtr client, int fd, std::span<std::byte> record)
    : fd_(fd), ssl_(std::move(client)), record_(record) {
  attach();
}

void TlsSession::attach() {
  BioPtr bio = new_socket_bio(&fd_);
  if (!ssl_ || !bio) {
    ERR_clear_error();
    throw std::bad_alloc();
  }
  SSL_set_bio(ssl_.get(), bio.get(), bio.get());  // which take one owner together
  static_cast<void>(bio.release());
}

// Why OpenSSL goes no further. Its queue of errors is this call's alone: it was emptied before.
Transfer::Status TlsSession::stopped() {
  switch (SSL_get_error(ssl_.get(), 0)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Transfer::Status::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return Transfer::Status::ended;
    case SSL_ERROR_SSL:
      error_ = ERR_peek_error();
      ERR_clear_error();
      return Transfer::Status::refused;
    default:
      return Transfer::Status::lost;
  }
}

Transfer::Status TlsSession::shake_hands() {
  ERR_clear_error();
  if (SSL_do_handshake(ssl_.get()) == 1) {
    return Transfer::Status::done;
  }
  const Transfer::Status status = stopped();
  receiving_waits_to_send_ = SSL_want_write(ssl_.get());
  return status;
}

Transfer TlsSession::receive(std::span<std::byte> into) {
  into = into.first(std::min(into.size(), kBytesAtOnce));
  std::size_t filled = 0;
  holds_input_ = receiving_waits_to_send_ = false;
  // A record comes at a time, and a full one is seldom the last.
  for (bool more = true; more && filled < into.size() && end_ == Transfer::Status::would_block;) {
    std::size_t count = 0;
    ERR_clear_error();
    if (SSL_read_ex(ssl_.get(), into.data() + filled, into.size() - filled, &count) == 1) {
      filled += count;
      more = count == kTlsRecordBytes || SSL_has_pending(ssl_.get()) == 1;
    } else {
      more = false;
      end_ = stopped();
      receiving_waits_to_send_ = SSL_want_write(ssl_.get());
    }
  }
  if (filled == 0) {
    return {end_};
  }
  const bool room_was_short = filled == into.size() && SSL_has_pending(ssl_.get()) == 1;
  holds_input_ = room_was_short || end_ != Transfer::Status::would_block;
  return {Transfer::Status::done, filled};
}

Transfer TlsSession::send(std::span<const iovec> pieces) {
  std::size_t sent = 0;
  holds_input_ = holds_input_ || sending_waits_to_receive_;  // what it waited for may have brought more with it
  sending_waits_to_receive_ = false;
  for (Walk walk(pieces); !walk.over() && sent < kBytesAtOnce;) {
    const auto record = walk.next(sealed_ > 0 ? sealed_ : kTlsRecordBytes, record_);
    std::size_t count = 0;
    ERR_clear_error();
    if (SSL_write_ex(ssl_.get(), record.data(), record.size(), &count) == 0) {
      const Transfer::Status status = stopped();
      if (status != Transfer::Status::would_block) {
        return {Transfer::Status::lost, sent};
      }
      sealed_ = static_cast<std::uint16_t>(record.size());
      sending_waits_to_receive_ = SSL_want_read(ssl_.get());
      return {sent > 0 ? Transfer::Status::done : status, sent};
    }
    sealed_ = 0;
    sent += count;
    walk.advance(count);
  }
  return {Transfer::Status::done, sent};
}

bool TlsSession::end() {
  if (!established() || end_ == Transfer::Status::refused || end_ == Transfer::Status::lost) {
    return true;  // there is nobody to tell it to
  }
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_.get());
  const bool waits = result < 0 && SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_WRITE;
  ERR_clear_error();
  return !waits;
}

std::string TlsSession::failure() const {
  const long verified = SSL_get_verify_result(ssl_.get());
  const bool unverified = ERR_GET_REASON(error_) == SSL_R_CERTIFICATE_VERIFY_FAILED && verified != X509_V_OK;
  return openssl_words(error_) + (unverified ? std::string(": ") + X509_verify_cert_error_string(verified) : "");
}

bool TlsSession::met_plain_http() const {
  const int reason = ERR_GET_REASON(error_);
  return ERR_GET_LIB(error_) == ERR_LIB_SSL && (reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST);
}

std::string TlsSession::client_name() const {
  const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  const bool good = certificate != nullptr && SSL_get_verify_result(ssl_.get()) == X509_V_OK;
  return good ? subject_name(*certificate) : std::string();
}

}  // namespace sentix::core
