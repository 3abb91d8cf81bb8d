#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "core/tls/openssl.h"

namespace sentix::core {

// The keys that session tickets are sealed with (RFC 5077, RFC 8446 §4.6.1). A server has one object of these, whatever
// becomes of its certificates: so a client resumes its session on any worker, and after a reload.
//
// A key seals for an hour, and opens for another one, in which tickets are renewed. What it sealed is then out of reach
// also of whoever sees the memory of the process later.
//
// For any thread.
class TicketKeys {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::hours kLifetime{1};  // of a ticket, and of the key that seals new ones

  // Of OpenSSL's callback (SSL_CTX_set_tlsext_ticket_key_evp_cb): what it returns, and what it fills in.
  enum class Result : int { failed = -1, unknown = 0, good = 1, good_but_old = 2 };
  struct Ticket {
    unsigned char* key_name;  // kNameBytes
    unsigned char* iv;        // EVP_MAX_IV_LENGTH
    EVP_CIPHER_CTX* cipher;
    EVP_MAC_CTX* mac;
  };
  static constexpr std::size_t kNameBytes = 16;

  // Prepares to seal a ticket, and names the key in it.
  Result seal(const Ticket& ticket, Time now) noexcept;

  // Prepares to open a ticket that names its key; `unknown` means a full handshake.
  Result open(const Ticket& ticket, Time now) noexcept;

 private:
  struct Key {
    std::array<unsigned char, kNameBytes> name;
    std::array<unsigned char, 32> cipher;
    std::array<unsigned char, 32> mac;
    Time made;
  };

  static std::optional<Key> make(Time now);
  static bool prepare_mac(const Ticket& ticket, Key& key);
  bool turn(Time now);

  std::mutex mutex_;  // of what follows; nothing else is locked under it
  std::optional<Key> current_;
  std::optional<Key> previous_;
};

}  // namespace sentix::core
