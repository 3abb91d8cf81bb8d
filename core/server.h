#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "channels/events.h"
#include "core/file_descriptor.h"
#include "core/listening_socket.h"
#include "core/options.h"

namespace sentix::core {

// One server: its workers, and the broker, rules and handlers that they share. The joint of all parts; the binary and
// the public sentix::Server are thin layers over it.
class Server {
 public:
  // Checks the options that can be checked without a socket: std::invalid_argument with a sentence that names the
  // setting.
  explicit Server(Options options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where to register handlers before run().
  channels::Handlers& handlers();

  // Before run(): serves from these sockets in place of `host` and `port`.
  void inherit(InheritedSockets sockets);

  // Binds, starts the workers, runs worker 0 on the calling thread, and returns when all have ended after stop().
  // Throws std::system_error with a sentence that names the setting, where it cannot begin. `listening` is called once
  // on the calling thread as soon as connections are accepted, with the URL: "ws://127.0.0.1:8080", "wss://..." or
  // "unix:/path".
  void run(const std::function<void(const std::string& url)>& listening = {});

  // --- From any thread, before, during and after run() ---

  // Stops accepting, closes every client with 4200 spread over `drain_window`, and ends run(). The second call closes
  // at once. Before run(): run() returns at once.
  void stop();
  // The same, where another process accepts from share_listening() already: the path of a Unix socket is left to it.
  void stop_for_successor();
  // Whether it has been told to stop.
  [[nodiscard]] bool draining() const;

  // Further descriptors of the sockets that it listens on, for a process that is to take its place; none before it
  // listens, and once it has been told to stop.
  [[nodiscard]] std::vector<FileDescriptor> share_listening() const;

  // How many turns of its clock each worker's loop has made: one that hangs makes none.
  [[nodiscard]] std::vector<std::uint64_t> turns() const;

  // The port in use; 0 while not listening, or on a Unix socket.
  [[nodiscard]] std::uint16_t port() const;
  // The port of the admin listener in use; 0 while there is none.
  [[nodiscard]] std::uint16_t admin_port() const;
  // Returns when connections are accepted (true), or when run() failed or ended (false).
  bool wait_until_listening() const;

  // Puts other options in force as a whole, for those who are connected and those who come. Workers take them between
  // two turns. What only a start can set (keep_what_a_start_sets) stays as it was, whatever `options` says of it.
  // Channels follow as ChannelRules::redefine says; those that create_channel() defined stay. Files of TLS are read
  // again, and where they will not do the old ones stay, as of reload_tls(). std::invalid_argument like the
  // constructor's: then nothing has changed.
  void reload(Options options);

  // Reads the files of TLS again. Where they will not do, the log says why, and the old ones stay in force; where there
  // is no TLS, nothing happens.
  void reload_tls();

  // `name` may be a pattern; std::invalid_argument where it can be neither.
  void create_channel(const std::string& name, const channels::ChannelOptions& options);

  // `data` is one JSON value, `message` a whole JSON message: std::invalid_argument where they are not valid.
  void broadcast(std::string_view data, std::string_view channel);
  void send_to(channels::SessionId id, std::string_view message);
  void close_connection(channels::SessionId id, std::uint16_t code, std::string_view reason);
  void subscribe(channels::SessionId id, std::string_view channel);
  void unsubscribe(channels::SessionId id, std::string_view channel);

  // Why nothing can be stored at the moment, in a sentence; empty where it can, or where there is no data directory.
  [[nodiscard]] std::string storage_problem() const;

  // Upgraded connections at this moment.
  [[nodiscard]] std::size_t client_count() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sentix::core
