#pragma once

#include <sys/socket.h>
#include <uv.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/file_descriptor.h"
#include "core/redis/redis_url.h"
#include "core/redis/tls_handshake.h"
#include "core/stream.h"
#include "core/tls/tls_options.h"
#include "core/uv_handle.h"

namespace sentix::core {

// One attempt to connect to one server, by TCP to each address that its name stands for in turn, or to a Unix path; and
// by TLS where its URL says so, to whoever shows a good certificate for the name.
// Names are looked up in libuv's threads, so nothing blocks. Has no deadline: who gives it up destroys it, which may
// happen at any time but from inside of `done`, on the loop's thread.
class RedisConnector {
 public:
  // A stream that is established; or none, and a sentence about what failed last.
  using Done = std::function<void(std::optional<Stream> stream, const std::string& problem)>;

  // Calls `done` once, later, never from in here. `url` is standalone. Throws std::bad_alloc.
  RedisConnector(uv_loop_t& loop, const RedisUrl& url, TlsClientOptions tls, Done done);
  RedisConnector(const RedisConnector&) = delete;
  RedisConnector& operator=(const RedisConnector&) = delete;
  ~RedisConnector();

  // Whether it is TLS that it waits for.
  [[nodiscard]] bool shakes_hands() const { return handshake_ != nullptr; }

 private:
  struct Target {
    sockaddr_storage address{};
    socklen_t size = 0;
  };
  struct LookUp {
    uv_getaddrinfo_t request{};
    RedisConnector* owner = nullptr;  // null: nobody waits for it any more
  };

  void look_up(const RedisUrl::Endpoint& endpoint);
  void looked_up(int status, const addrinfo* found);
  void use_unix_path(const std::string& path);
  void try_next();
  bool begin(const Target& target);
  void connected();
  void begin_tls();
  void try_next_soon(std::string problem);

  uv_loop_t& loop_;
  const std::optional<TlsClientOptions> tls_;  // none: it is plain
  const std::string host_;
  Done done_;
  LookUp* look_up_ = nullptr;
  std::vector<Target> targets_;
  std::size_t next_ = 0;  // of targets_
  FileDescriptor socket_;
  UvHandle<uv_poll_t> poll_;
  std::optional<Stream> stream_;  // that is to be established
  std::unique_ptr<TlsHandshake> handshake_;
  UvHandle<uv_timer_t> soon_;  // for what is known at once, and must be told later
  std::string problem_;
};

}  // namespace sentix::core
