#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "channels/channel_options.h"

namespace sentix::channels {

using ChannelOptionsPtr = std::shared_ptr<const ChannelOptions>;

// What is configured for which channel: by exact name, or by a pattern such as "chat-*" (auth/pattern.h), of which the
// most specific that matches wins (of equally specific ones the first defined); a name that nothing matches gets the
// defaults.
//
// Any thread may call anything. Options are handed out as shared immutable snapshots, so that a later define() never
// changes them under somebody.
class ChannelRules {
 public:
  struct Rule {
    ChannelOptionsPtr options;  // never null
    bool exists = false;        // configured by exact name, and so there from the start

    // Whether a channel under this rule is there, or comes into being when somebody needs it.
    [[nodiscard]] bool can_exist() const { return exists || options->auto_create; }
  };

  ChannelRules();

  // Sets the options for a name or a pattern, in place of those it had. Permissions follow at once everywhere; what a
  // channel keeps and how many it takes stay as they were when it began (ChannelState).
  void define(std::string name_or_pattern, const ChannelOptions& options);

  // What was configured by `former` is configured by `now` instead, in one step: a name or pattern that is in `former`
  // alone is defined no more, and its channels follow the next rule that matches, or the defaults. What define() was
  // given besides stays.
  using Definitions = std::vector<std::pair<std::string, ChannelOptions>>;
  void redefine(const Definitions& former, const Definitions& now);

  [[nodiscard]] Rule find(std::string_view channel) const;

  // Another number after each define() and redefine(), never 0: whoever keeps a rule and finds the same number has the
  // newest one.
  [[nodiscard]] std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

 private:
  using Pattern = std::pair<std::string, ChannelOptionsPtr>;

  void forget(const std::string& name_or_pattern);
  void insert(std::string name_or_pattern, const ChannelOptions& options);
  void insert_pattern(std::string pattern, ChannelOptionsPtr options);

  mutable std::shared_mutex mutex_;
  std::map<std::string, ChannelOptionsPtr, std::less<>> exact_;
  std::vector<Pattern> patterns_;  // the most specific first
  ChannelOptionsPtr defaults_;
  std::atomic<std::uint64_t> generation_{1};
};

}  // namespace sentix::channels
