#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tools/load/client.h"
#include "tools/load/fleet.h"
#include "tools/load/options.h"
#include "tools/load/pacer.h"

namespace sentix::load {

// Times of requests whose answers come in the order in which they were asked.
class TimeQueue {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  void push(std::uint64_t time);
  std::uint64_t pop();  // there is one

 private:
  std::vector<std::uint64_t> ring_ = std::vector<std::uint64_t>(1);  // a power of two
  std::size_t front_ = 0;
  std::size_t size_ = 0;
};

// One request, several times in a row: those that go out together are sent from here by one system call.
struct Requests {
  SharedBytes copies;
  std::size_t bytes;  // of one
};

// `request` is a finished frame. There are as many copies as may be wanted at once, but not endlessly much memory.
[[nodiscard]] Requests repeated(const Bytes& request, std::size_t wanted);

// Each client of a fleet sends its request over and over, and the time until each is answered is taken. Closed loop:
// every client keeps a number of requests under way. Open loop: requests are sent when they are due, by the clients in
// turn, and the time counts from when they were due.
class RequestLoop {
 public:
  // Borrows both.
  RequestLoop(const Options& options, Fleet& fleet) : options_(options), fleet_(fleet) {}

  // What the next client of the fleet will ask.
  void add(Requests requests) { askers_.push_back({.requests = std::move(requests)}); }

  void start();
  void stop();

  // The oldest `count` requests of the client were answered. False: there were not as many.
  bool answered(Client& client, std::size_t count);

  // The client has been told everything that had arrived: asks again, in one write.
  void ask_again(Client& client);

 private:
  struct Asker {
    Requests requests;
    TimeQueue under_way{};
    std::size_t due = 0;
  };

  void ask(std::size_t index, std::size_t count, std::uint64_t time);

  const Options& options_;
  Fleet& fleet_;
  std::vector<Asker> askers_;  // by the clients' index
  std::optional<Pacer> pacer_;
  std::size_t turn_ = 0;
  std::uint64_t batch_time_ = 0;  // when the answers that are being told arrived; 0: there were none yet
  bool running_ = false;
};

}  // namespace sentix::load
