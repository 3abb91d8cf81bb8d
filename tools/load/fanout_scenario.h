#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/load/pacer.h"
#include "tools/load/scenario.h"

namespace sentix::load {

// Rooms of subscribers. One more connection a room publishes, and every subscriber is to get it. A publication carries
// the time when it was made or due; each delivery's latency counts from there.
//
// Closed loop: the next publication is made when an earlier one has reached everybody. Open loop: when it is due, in
// the rooms in turn.
//
// With the sentix protocol a room is a channel, which the publisher has joined as well, and its own deliveries count
// like any. Without it (`plain`) a room is a path, and the server gives everybody there what one of them sends.
class FanoutScenario final : public Scenario {
 public:
  // The rooms that this thread has are `thread`, `thread` + threads, ...
  FanoutScenario(const Options& options, std::size_t rooms, std::size_t thread, Fleet& fleet);

  [[nodiscard]] std::size_t clients() const override { return rooms_.size() * (options_.subscribers + 1); }
  void add_client() override;
  void start() override;
  void stop() override;
  void ended(Client& client, const std::string& how) override;

 private:
  struct Room {
    std::size_t number;
    std::string channel;
    std::uint64_t published = 0;
    std::uint64_t delivered = 0;  // to subscribers that read
  };

  void opened(Client& client) override;
  void received(Client& client, std::span<std::byte> payload) override;
  void caught_up(Client& client) override;

  // A room's connections are added one after the other: its publisher, the slow ones, the others.
  [[nodiscard]] std::size_t room_index(const Client& client) const {
    return client.index() / (options_.subscribers + 1);
  }
  [[nodiscard]] std::size_t place(const Client& client) const { return client.index() % (options_.subscribers + 1); }
  [[nodiscard]] bool is_publisher(const Client& client) const { return place(client) == 0; }
  [[nodiscard]] bool is_slow(const Client& client) const {
    return !is_publisher(client) && place(client) <= options_.slow;
  }
  Client& publisher_of(std::size_t room) { return fleet_.at(room * (options_.subscribers + 1)); }

  void delivered(Client& client, std::span<const std::byte> payload);
  void publish(std::size_t room, std::uint64_t time);
  void publish_what_may_be_under_way(std::size_t room);

  std::vector<Room> rooms_;
  std::optional<Pacer> pacer_;
  std::size_t turn_ = 0;
  std::size_t data_at_ = 0;       // where in a message the last one's data began; the next one's does, too
  std::uint64_t batch_time_ = 0;  // when the deliveries that are being told arrived; 0: there were none yet
  bool running_ = false;
};

}  // namespace sentix::load
