#pragma once

#include <uv.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/backoff.h"
#include "core/redis/redis_connector.h"
#include "core/redis/redis_reply.h"
#include "core/redis/redis_reply_reader.h"
#include "core/redis/redis_url.h"
#include "core/stream.h"
#include "core/tls/tls_options.h"

namespace sentix::core {

class RedisSentinel;

// What connections by Sentinels share: whom they have found to be the master, and who is not to be believed to be it,
// because not all Sentinels hear of a failover at once. Belongs to the loop's thread.
struct SentinelNews {
  std::optional<RedisUrl::Endpoint> named = {};
  std::optional<RedisUrl::Endpoint> former = {};
  std::uint64_t former_until_ms = 0;  // by the loop's clock
};

struct RedisConnectionOptions {
  RedisUrl url;                                            // standalone, or of Sentinels
  TlsClientOptions tls = {};                               // where the URL says TLS
  std::string sentinel_user = {};                          // who we are to Sentinels, as the URL's to the master
  std::string sentinel_password = {};                      // a secret
  std::shared_ptr<SentinelNews> sentinel_news = {};        // null: nobody listens to Sentinels
  bool master_only = true;                                 // a replica is refused
  std::string client_name = "sentix";                      // what CLIENT LIST shows; empty: none
  std::chrono::milliseconds connect_timeout{5'000};        // for a name, a connection, and who we are, together
  std::chrono::milliseconds reply_timeout{5'000};          // for the oldest command that is not answered
  std::chrono::milliseconds backoff_first{100};            // see Backoff
  std::chrono::milliseconds backoff_max{10'000};           // so a Redis that is back is found within these
  std::size_t reply_bytes_max = std::size_t{64} << 20U;    // a whole history of large messages
  std::size_t waiting_bytes_max = std::size_t{64} << 20U;  // of commands that the socket has not taken
  std::size_t unanswered_max = 100'000;                    // commands: a second of what one Redis does
};

// A connection to one Redis that comes back by itself. Commands of one turn of the loop go out in one write and are
// answered in their order (pipelining). One that subscribes has `pushed`, and of commands none but S[UN]SUBSCRIBE, or
// to a Sentinel SUBSCRIBE, of one channel each, and PING.
//
//   connecting --> greeting --> ready
//        ^             |           |
//        └-- waiting <-+-----------┘     anything that fails; then a wait that grows (Backoff)
//
// Connecting includes the handshake of TLS, and with a URL of Sentinels the question to one of them. After an attempt
// that has failed the next Sentinel is asked: this one may be gone, or wrong.
//
// A command whose connection is lost is told so, and nobody knows whether Redis has carried it out: nothing is sent
// twice from here. Greeting is AUTH, SELECT, CLIENT SETNAME, PING and ROLE, as far as they are needed; a refusal counts
// as anything else that fails, because a Redis that starts refuses as well (LOADING), and a replica may become a
// master.
//
// Everything happens on the loop's thread. It may be destroyed at any time but from inside of its callbacks; answers
// that are still due are not called then. The loop has to be run until its handles are closed.
class RedisConnection {
 public:
  enum class State : std::uint8_t { connecting, greeting, ready, waiting };

  // `reply` is null where the connection was lost, and valid during the call. May send(); does not throw.
  using Answer = std::function<void(const RedisReply* reply)>;
  // After the state has changed, and before the answers that a loss brings. `why` says of `waiting` what has failed,
  // and holds no secret. Does not throw.
  using StateChanged = std::function<void(State state, std::string_view why)>;
  // What was published to a channel that this connection has subscribed to, any bytes; or nothing: it is subscribed to
  // no more, because this Redis has lost the slot to another. May send(); does not throw.
  using Pushed = std::function<void(std::string_view channel, std::optional<std::string_view> payload)>;

  // Begins to connect. Throws std::bad_alloc.
  RedisConnection(uv_loop_t& loop, RedisConnectionOptions options, StateChanged changed, Pushed pushed = {});
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;
  ~RedisConnection();

  [[nodiscard]] State state() const { return state_; }

  // Queues one command for the end of this turn. False, and `answer` is never called: it is not ready, or one of the
  // two limits of what is waiting is met. Not to be called from a prepare handle, which would be too late for its turn.
  bool send(std::span<const std::string_view> command, Answer answer);
  bool send(std::initializer_list<std::string_view> command, Answer answer) {
    return send(std::span(command.begin(), command.size()), std::move(answer));
  }

  // What Redis has answered says that it is of no use, or Sentinels that it is not the one: gives the connection up,
  // or the attempt at one, and comes back later. Not to be called from inside of a callback.
  void give_up(const std::string& why);

 private:
  struct Due {
    Answer answer;
    std::uint64_t since_ms;
    bool unsubscribes;  // what answers it is also sent unasked
  };

  void connect();
  void ask_sentinel();
  void told_master(RedisUrl::Endpoint master);
  void connect_to(const RedisUrl& url);
  void connected(Stream stream);
  void greet();
  void greeted(const RedisReply* reply);
  void told_role(const RedisReply* reply);
  void enqueue(std::span<const std::string_view> command, Answer answer);
  void receive();
  [[nodiscard]] std::string_view why_closed() const;
  bool answer_all();
  bool take_push(const RedisReply& reply);
  void flush();
  void watch();
  void lose(const std::string& why);
  void arm(std::chrono::milliseconds wait);
  void time_is_up();
  void give_up_connecting();
  void enter(State state, std::string_view why = {});

  uv_loop_t& loop_;
  const RedisConnectionOptions options_;
  StateChanged changed_;
  Pushed pushed_;
  State state_ = State::connecting;
  Backoff backoff_;
  std::mt19937 random_;                      // 32 bits
  std::unique_ptr<RedisSentinel> sentinel_;  // that is asked
  std::size_t asked_ = 0;                    // which of the URL's
  std::unique_ptr<RedisConnector> connector_;
  std::optional<Stream> stream_;
  UvHandle<uv_poll_t> poll_;     // of the stream's socket; goes before it
  UvHandle<uv_timer_t> timer_;   // for the one thing that is waited for in each state
  UvHandle<uv_prepare_t> turn_;  // runs where there is something to write
  std::string out_;              // that is to be written
  std::size_t written_ = 0;      // of out_
  int watched_ = 0;              // the events that are
  std::unique_ptr<RedisReplyReader> reader_;
  std::deque<Due> due_;
  std::vector<std::byte> received_;
  std::string refusal_;  // of a greeting
};

}  // namespace sentix::core
