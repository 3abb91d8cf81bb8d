#pragma once

#include <uv.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "tools/load/client.h"
#include "tools/load/options.h"

namespace sentix::load {

// The clients of one thread and their loop. It connects them a few at a time, so that the handshakes of a large run do
// not time out in the server's queue. What its clients tell goes on to `events`.
//
// Belongs to the thread that runs the loop.
class Fleet : private ClientEvents {
 public:
  // Borrows both.
  Fleet(const Options& options, Meter& meter);
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;
  ~Fleet() override;  // all clients have ended

  [[nodiscard]] uv_loop_t& loop() { return loop_; }
  [[nodiscard]] Meter& meter() { return meter_; }
  [[nodiscard]] Client& at(std::size_t index) { return *clients_[index]; }
  [[nodiscard]] std::size_t size() const { return clients_.size(); }

  // Who is told what clients tell; before the first is connected.
  void tell(ClientEvents& events) { events_ = &events; }

  // Adds a client that is not connected.
  Client& add();

  // Connects it when its turn has come. What is borrowed outlives the fleet.
  void connect(Client& client, const Target& target, std::string path);

  // Ends all connections: in order where they are open.
  void close_all();
  void abort_all();

 private:
  struct Waiting {
    Client* client;
    const Target* target;
    std::string path;
  };

  void opened(Client& client) override;
  void received(Client& client, std::span<std::byte> payload) override { events_->received(client, payload); }
  void caught_up(Client& client) override { events_->caught_up(client); }
  void ended(Client& client, const std::string& how) override;
  void connect_next();

  uv_loop_t loop_{};
  Meter& meter_;
  ClientEvents* events_ = nullptr;
  std::size_t concurrency_;
  std::vector<std::byte> receive_buffer_;
  ClientSurroundings surroundings_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<Waiting> waiting_;  // from `next_` on
  std::size_t next_ = 0;
  std::size_t under_way_ = 0;
};

}  // namespace sentix::load
