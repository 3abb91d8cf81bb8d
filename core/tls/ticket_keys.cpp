#include "core/tls/ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <string>

namespace sentix::core {

std::optional<TicketKeys::Key> TicketKeys::make(Time now) {
  Key key;
  key.made = now;
  const auto fill = [](auto& bytes) { return RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1; };
  return fill(key.name) && fill(key.cipher) && fill(key.mac) ? std::optional(key) : std::nullopt;
}

// Lets go of what is too old. Returns whether there is a key to seal with.
bool TicketKeys::turn(Time now) {
  if (current_ && now - current_->made >= kLifetime) {
    previous_ = current_;
    current_.reset();
  }
  if (previous_ && now - previous_->made >= 2 * kLifetime) {
    previous_.reset();
  }
  if (!current_) {
    current_ = make(now);
  }
  return current_.has_value();
}

bool TicketKeys::prepare_mac(const Ticket& ticket, Key& key) {
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 3> parameters{
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(ticket.mac, parameters.data()) == 1;
}

TicketKeys::Result TicketKeys::seal(const Ticket& ticket, Time now) noexcept {
  const std::lock_guard lock(mutex_);
  const EVP_CIPHER* const cipher = EVP_aes_256_cbc();
  if (!turn(now) || RAND_bytes(ticket.iv, EVP_CIPHER_get_iv_length(cipher)) != 1) {
    return Result::failed;
  }
  std::copy(current_->name.begin(), current_->name.end(), ticket.key_name);
  const bool ready = EVP_EncryptInit_ex(ticket.cipher, cipher, nullptr, current_->cipher.data(), ticket.iv) == 1 &&
                     prepare_mac(ticket, *current_);
  return ready ? Result::good : Result::failed;
}

TicketKeys::Result TicketKeys::open(const Ticket& ticket, Time now) noexcept {
  const std::lock_guard lock(mutex_);
  turn(now);
  for (auto* const key : {&current_, &previous_}) {
    if (*key && std::equal((*key)->name.begin(), (*key)->name.end(), ticket.key_name)) {
      const bool ready =
          EVP_DecryptInit_ex(ticket.cipher, EVP_aes_256_cbc(), nullptr, (*key)->cipher.data(), ticket.iv) == 1 &&
          prepare_mac(ticket, **key);
      return !ready ? Result::failed : key == &current_ ? Result::good : Result::good_but_old;
    }
  }
  return Result::unknown;
}

}  // namespace sentix::core
