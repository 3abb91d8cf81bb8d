#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/file_descriptor.h"
#include "core/tls/openssl.h"
#include "tools/sentix/client/server_url.h"

namespace sentix::tools {

// Whom a client believes by TLS.
struct TlsTrust {
  std::string ca_file;   // certificates in PEM to trust; empty: those of the system
  bool anybody = false;  // also who shows no certificate that is good for the host
};

// One connection of a command to a server, by TCP or a Unix socket, plain or by TLS: bytes out, bytes in, and no call
// that waits for ever. It knows nothing of what is said over it.
//
// Belongs to one thread, of a process that ignores SIGPIPE (block_signals).
class ServerConnection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Connects, by TLS where the URL says so; tries each address that the host has. std::runtime_error with a sentence
  // where that fails, or nothing happens for `patience`, which also holds for what is sent.
  ServerConnection(const ServerUrl& url, const TlsTrust& trust, std::chrono::milliseconds patience);

  // All of the bytes. std::runtime_error with a sentence where they cannot be sent.
  void send(std::string_view bytes);

  // What has arrived, as much as fits: how many bytes; 0 is the end; nullopt where nothing comes until then.
  // std::runtime_error where the connection breaks.
  [[nodiscard]] std::optional<std::size_t> receive(std::span<std::byte> buffer, Time until);

 private:
  void connect(const ServerUrl& url);
  void connect_to_one(const sockaddr& address, socklen_t size);
  void start_tls(const ServerUrl& url, const TlsTrust& trust);
  bool wait_for(short events, Time until) const;
  void await_tls(int result, const char* what);

  std::chrono::milliseconds patience_;
  core::FileDescriptor fd_;
  core::SslContextPtr context_;
  core::SslPtr ssl_;  // null: not by TLS
};

}  // namespace sentix::tools
