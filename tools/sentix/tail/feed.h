#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentix::tools {

// What is followed, and as whom.
struct FeedRequest {
  std::vector<std::string> channels;            // good names, each once
  std::string user{};                           // with a token: whose it is; may be empty
  std::string token{};                          // empty: nobody in particular
  std::uint64_t history = 0;                    // so many of the newest publications first
  std::optional<std::uint64_t> since_offset{};  // what follows this offset first
  std::string since_epoch{};                    // of the history that it belongs to; empty: the one that is there
};

// What is to be done after a message.
struct FeedStep {
  std::vector<std::string> commands;   // to be sent
  std::vector<std::string> shown;      // messages of the channels, as JSON, in their order
  std::vector<std::string> notes;      // sentences for the person
  std::optional<std::string> refusal;  // why the connection is of no use
  bool lasting = false;                // of a refusal: trying again does not help
};

// The conversation of `sentix tail` with a server, over as many connections as it takes: authenticates, asks for
// history, subscribes, and after a reconnect asks for what came meanwhile. Where a channel keeps history, each of its
// publications is shown once and in order, or a note says that some are missing; where it keeps none, what was
// published while there was no connection is lost, and a note says so.
//
// Text in, text out; no I/O.
class Feed {
 public:
  explicit Feed(FeedRequest request);

  // A message of the server's, as it arrived. One that is no message of the protocol is a refusal.
  [[nodiscard]] FeedStep take(std::string_view message);

  // Every channel is subscribed to, on whatever connection that was.
  [[nodiscard]] bool settled() const;

 private:
  struct Position {
    std::string epoch;
    std::uint64_t offset = 0;
  };
  struct Channel {
    std::string name;
    std::optional<Position> position;  // up to where it has been shown
    bool asked_history = false;        // once and for all
    bool subscribed = false;           // ever
  };
  struct Reply;

  void enter(FeedStep& step);
  void ask(Channel& channel, FeedStep& step);
  void take_history(const Reply& reply, FeedStep& step);
  void take_subscribed(const Reply& reply, FeedStep& step);
  void take_error(const Reply& reply, FeedStep& step);
  void show(std::string_view message, const Reply& reply, FeedStep& step);
  Channel* find(std::string_view name);

  FeedRequest request_;
  std::vector<Channel> channels_;
};

}  // namespace sentix::tools
