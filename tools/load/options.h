#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "tools/load/target.h"

namespace sentix::load {

enum class ScenarioKind : std::uint8_t { echo, publish, fanout, slow, connect, idle };

// What a run is to do. The members that a scenario does not know say nothing to it.
struct Options {
  ScenarioKind scenario = ScenarioKind::echo;
  Target target;
  std::optional<Target> publish_target;  // where the publishers of a plain fan-out connect to, if elsewhere

  std::size_t connections = 100;  // echo, publish, connect, idle
  std::size_t in_flight = 1;      // messages under way: of a connection, or of a room
  std::size_t bytes = 20;         // of a message's payload, or of a publication's "data"
  bool binary = false;
  double rate = 0;  // messages, publications or connections a second in all; 0: as fast as answers come

  std::size_t rooms = 1;          // fan-out
  std::size_t subscribers = 100;  // of a room
  std::size_t slow = 0;           // of a room's subscribers, those that stop reading
  bool plain = false;             // fan-out without the sentix protocol: what one sends, all get
  std::string channel = "load";   // of room N: "load-N"
  bool subscribe = false;         // idle: each subscribes to the channel of room 0
  std::string token{};            // sent with the handshake, where not empty

  std::size_t concurrency = 128;  // handshakes under way at a time
  std::size_t threads = 1;
  std::chrono::milliseconds duration{10'000};
  std::chrono::milliseconds warmup{1'000};
  pid_t server_pid = 0;  // whose processor time and memory are reported; 0: nobody's

  std::string json_file{};  // "-" is standard output
  std::string plot_file{};
  bool quiet = false;  // no progress line
};

// Whether the scenario speaks the sentix protocol, so that a connection begins with its welcome.
[[nodiscard]] bool speaks_sentix(const Options& options);

// What is to be done in a line: "echo of 20 B text over 100 connections, 16 in flight each".
[[nodiscard]] std::string described(const Options& options);

// The share of thread `index`, so that the shares of all are `whole`.
[[nodiscard]] constexpr std::size_t share(std::size_t whole, std::size_t threads, std::size_t index) {
  return whole / threads + (index < whole % threads ? 1 : 0);
}

}  // namespace sentix::load
