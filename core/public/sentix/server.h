#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sentix/authenticator.h"
#include "sentix/channel_options.h"
#include "sentix/credentials.h"
#include "sentix/event.h"
#include "sentix/handler.h"
#include "sentix/json.h"
#include "sentix/log.h"
#include "sentix/principal.h"
#include "sentix/secret.h"
#include "sentix/session.h"
#include "sentix/tls.h"

namespace sentix {

// A WebSocket publish/subscribe server: set up, start() until stop().
//
//   sentix::Server server("0.0.0.0", 8080);
//   server.create_channel("general", {.max_clients = 500, .persistent = true});
//   server.on("message.received", [](const sentix::Event& event) { std::cout << event.data() << '\n'; }, "general");
//   server.start();
//
// Threads. start() runs the first worker on the calling thread; with one worker, the default, handlers therefore run on
// the thread that called start(), one at a time, and an application needs no lock. With more workers they run on their
// connection's worker. Setting up is for one thread, and ends with start(). The calls of the last section are for any
// thread at any time, handlers included.
//
// Errors. Setters throw std::invalid_argument for a value that makes no sense, and std::logic_error after start(). The
// library installs no signal handler; its workers block SIGPIPE in their threads, the one that calls start() included.
//
// Ownership. Handlers are owned by the server, and destroyed with it. The server must outlive the call of start() and
// every other call on it; it can be started once.
class Server {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // `host` is an IPv4 or IPv6 address, a host name, or "unix:/path"; port 0 takes a free one. Nothing is bound yet.
  explicit Server(std::string host = "127.0.0.1", std::uint16_t port = 8080);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // --- Events -------------------------------------------------------------------------------------------------------

  // Registers a handler for an event by its name (sentix/event.h); with a channel, for that channel only. Global
  // handlers are called first, each in the order of registration. What a handler may be stands in sentix/handler.h.
  // std::invalid_argument for a name that no event has.
  template <typename Callable>
  Server& on(std::string_view name, Callable&& handler, std::string_view channel = {}) {
    return add_handler(name, to_handler(std::forward<Callable>(handler)), channel);
  }

  // --- Who may what -------------------------------------------------------------------------------------------------

  // Who judges credentials (sentix/authenticator.h); the last one set counts. Without one nobody can authenticate. With
  // several workers several calls happen at the same time. An exception is a refusal, and the event `error`.
  template <typename Callable>
  Server& set_authenticator(Callable&& authenticator) {
    return use_authenticator(to_authenticator(std::forward<Callable>(authenticator)));
  }

  // The same for one that has to ask elsewhere, such as a database: it answers by calling `done`.
  Server& set_async_authenticator(AsyncAuthenticator authenticator);

  // Who has the last word on every subscription, publication and look at who is there. An exception refuses the command
  // with `internal`, and is the event `error`.
  Server& set_authorizer(Authorizer authorizer);

  // Serves nothing but `authenticate` and `ping` before a client has authenticated; without this, only channels with
  // `auth` ask for it. Needs an authenticator.
  Server& require_authentication(bool required = true);

  // The origins that browsers may connect from, such as "https://example.com"; without any, all of them. Clients that
  // are no browsers are let in either way.
  Server& set_origins(std::vector<std::string> origins);

  // The folder in which persistent channels are stored (ChannelOptions::durability); one server at a time has it. By
  // default there is none, and everything is gone with the process. Channels are to be created before start(): what is
  // stored of others stays in the folder, and is not loaded.
  Server& set_data_dir(std::string folder);

  // The Redis (7 or later) that makes this server one of several nodes, which are then one server to their clients,
  // such as "redis://127.0.0.1:6379"; nodes with the same prefix on the same database belong together.
  // std::invalid_argument for what is no URL of one. By default a server is alone. Not beside a data directory.
  Server& set_redis(std::string url, std::string prefix = "sentix:");

  // For a URL with rediss://, before set_redis: a PEM file with the authorities whose certificate Redis must show, for
  // the host in the URL, or "" for those of the system; and a certificate with its key, PEM files, for a Redis that
  // asks for one.
  Server& set_redis_tls(std::string ca, std::string certificate = {}, std::string key = {});

  // Of channels with Durability::synced on Redis: how many of its replicas (1 to 16) must have a publication before it
  // is acknowledged and delivered, and how long they may take (1 ms to 60 s); by default 1, within a second. Where
  // fewer answer, the publisher is told so. std::invalid_argument for other figures.
  Server& set_redis_sync(unsigned replicas, std::chrono::milliseconds timeout = std::chrono::seconds(1));

  // What this node is called among several, and the URL by which clients reach it ("wss://node-1.example.com/ws"):
  // GET /nodes tells both, so that clients find the nodes that there are. Without an id it has another one with each
  // start; without a URL it is offered by what it listens on, unless that is every address of the machine.
  // std::invalid_argument for what is no URL of a WebSocket.
  Server& set_node(std::string id, std::string advertise = {});

  // What one client's commands may cost a second, and at once after a rest (0: as much as in a second). More is
  // answered rate_limited. publish, event, unsubscribe and ping cost 1, subscribe, history and presence 5, authenticate
  // 10. By default there is no limit, which is a rate of 0.
  Server& set_command_rate(std::uint32_t per_second, std::uint32_t burst = 0);

  // What clients may do over time, as the config file's table [rate] has it:
  //
  //   server.set_rate_limit("messages_per_connection", "100/s burst 200 close");
  //   server.set_rate_limit("messages_per_connection", "1000/s", "gold");
  //
  // `limit` is so many messages_, bytes_ or subscribes_ in a second, a minute or an hour (s, m, h), of each
  // per_connection, per_user or per_address, or of all of them together, per_server; then perhaps how many at once;
  // then what becomes of who is over it: `throttle`, the default, does not read from it meanwhile, `error` refuses what
  // is too much (rate_limited), `close` closes it (4102). connections_ and auth_failures_, refused credentials, are
  // per_address and per_server only. "off" is no limit, as it is by default.
  //
  // With `rate_class` it is the limit of the principals of that class (Principal::rate_class), in place of the general
  // one; that is for limits per_connection and per_user. A class is there with its first limit; a principal of one that
  // is not there is refused, and the log says so. A class's name is 1 to 32 of A-Z a-z 0-9 _ -, and there are at most
  // 64. std::invalid_argument for anything else.
  Server& set_rate_limit(std::string_view name, std::string_view limit, std::string_view rate_class = {});

  // Speaks TLS (1.2 and 1.3), and nothing else. The files are read when the server starts, when they change, and by
  // reload_certificates(); start() throws where they will not do. Not for Unix-domain sockets.
  Server& set_tls(std::string cert, std::string key);
  Server& set_tls(const TlsOptions& options);

  // Whether to compress messages with clients that offer it (permessage-deflate); by default yes.
  Server& set_deflate(bool enabled);

  // Health, metrics and an HTTP API for backends on an address of their own, HOST:PORT, with a thread of their own
  // (README.md of the project); port 0 takes a free one. By default there is none. Whoever is not on this machine, or
  // comes through a proxy, has to show `token` as a bearer token; without one they are refused. start() throws where
  // the address is taken.
  Server& set_admin(std::string address, std::string token = {});

  // --- How many, how long, how large --------------------------------------------------------------------------------

  Server& set_workers(unsigned workers);                     // threads, 1 to 255, each with a loop; default 1
  Server& set_max_clients(std::size_t clients);              // over all workers; 0: no limit; default 1000
  Server& set_max_clients_per_address(std::size_t clients);  // 0, the default: no limit
  Server& set_max_handshakes(std::size_t connections);       // that are not clients yet; default 16384
  Server& set_max_channels(std::size_t channels);            // that exist at one time; default 100000
  Server& set_max_history_bytes(std::size_t bytes);          // of all histories together; default 1 GiB
  Server& set_max_subscriptions(std::size_t channels);       // of one client; default 256
  Server& set_max_message_bytes(std::size_t bytes);          // that a client may send; default 1 MiB
  Server& set_outbox_bytes(std::size_t bytes);               // that may wait for one client; default 16 MiB, and
                                                             // never below twice the largest message
  Server& set_ping_interval(Milliseconds silence);           // after which a client is pinged; 0: never; default 30 s
  Server& set_pong_timeout(Milliseconds silence);            // after a ping, then 4201; default 20 s
  Server& set_handshake_timeout(Milliseconds time);          // for a request head; default 10 s
  Server& set_authentication_timeout(Milliseconds time);     // of a client that has to, and of each judgement of an
                                                             // authenticator; then 4108; default 10 s
  Server& set_drain_window(Milliseconds time);               // over which stop() closes the clients; default 5 s

  // --- What else ----------------------------------------------------------------------------------------------------

  // What a browser gets at `/` that asks for no WebSocket: a whole HTML document, and the Content-Security-Policy to
  // send along, or an empty one for none. Without a page it gets a 426.
  Server& set_page(std::string html, std::string content_security_policy);

  // Where log lines go. By default warnings and errors go to standard error; an empty sink silences them.
  Server& set_log(const LogSink& sink);

  // Also logs what happens to each connection.
  Server& enable_debug(bool enabled = true);

  // --- Running ------------------------------------------------------------------------------------------------------

  // Binds, serves, and returns after stop(). Throws std::system_error, with a sentence that names the setting, where it
  // cannot begin; std::logic_error where it was called before.
  void start();

  // --- From any thread, before, during and after start() ------------------------------------------------------------
  //
  // What is asked for before start() is checked at once, and done in its order when that begins.

  // Stops accepting, closes every client with 4200 spread over the drain window, and ends start(). The second call
  // closes them at once. Called first, it makes start() return at once. Not for a signal handler.
  void stop();

  // Returns when clients can connect: true; or when it is clear that they never will again: false.
  [[nodiscard]] bool wait_until_listening() const;

  // Reads the files of set_tls() again, for clients that come from now on; nobody is dropped. Where they will not do,
  // the log says why, and the old ones stay in force.
  void reload_certificates();

  // The port in use; 0 while it is not listening, and on a Unix-domain socket.
  [[nodiscard]] std::uint16_t port() const;

  // The port of the admin listener (set_admin); 0 while there is none.
  [[nodiscard]] std::uint16_t admin_port() const;

  // Clients that are connected at this moment.
  [[nodiscard]] std::size_t client_count() const;

  // Makes a channel be there from now on, or sets the options of every channel that a pattern such as "news-*" matches;
  // of several patterns the one with the most characters besides `*` counts. Where a channel exists already, its
  // permissions change at once: is_private, auth, publish; what it keeps (history, presence) and max_clients stay what
  // they were when it began. A channel's name is 1 to 200 of A-Z a-z 0-9 _ = @ , . ; : / # - ; std::invalid_argument
  // for others.
  void create_channel(std::string_view name, const ChannelOptions& options = {});

  // Publishes one JSON value to a channel: its subscribers get it as `data` of a message, a channel with history keeps
  // it. Not asked: handlers, publish rights. std::invalid_argument where `data` is not valid JSON in UTF-8 (quote()
  // makes a JSON string), or the name is none of a channel.
  void broadcast(std::string_view data, std::string_view channel);

  // For one connection, by its Session::id(); nothing happens where it is gone. `json`, `code` and `reason` are those
  // of Session::send() and Session::close(). subscribe() needs no permission, and the client is told as if it had
  // asked. std::invalid_argument for what is no id, or for a name that is none of a channel.
  void send_to(std::string_view connection_id, std::string_view json);
  void close_connection(std::string_view connection_id, std::uint16_t code = 1000, std::string_view reason = {});
  void subscribe(std::string_view connection_id, std::string_view channel);
  void unsubscribe(std::string_view connection_id, std::string_view channel);

 private:
  struct Impl;

  Server& add_handler(std::string_view name, Handler handler, std::string_view channel);
  Server& use_authenticator(Authenticator authenticator);

  std::unique_ptr<Impl> impl_;
};

}  // namespace sentix
