#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "channels/storage.h"

namespace sentix::channels::test {

// A storage that does nothing until it is told to: then it stores what waits, as a database does (offsets are dense, or
// the append fails), and tells its results.
class FakeStorage final : public Storage {
 public:
  void append(Append append) override {
    if (no_memory) throw std::bad_alloc();
    waiting.push_back(std::move(append));
  }
  void trim(std::string_view channel, std::uint64_t first_kept) noexcept override {
    trimmed.emplace_back(channel, first_kept);
  }
  void forget(std::string_view channel) noexcept override { forgotten.emplace_back(channel); }
  [[nodiscard]] bool congested() const override { return is_congested; }

  // Stores the oldest one that waits; `fails`: it does not.
  void work_one(StorageResults& results, bool fails = false) {
    Append append = std::move(waiting.front());
    waiting.erase(waiting.begin());
    if (fails || append.position.offset != next_offset(append)) {
      results.not_stored(append.channel, append.attempt);
      return;
    }
    stored.push_back(append);
    results.stored(append.channel, append.attempt, append.position.offset);
  }
  void work(StorageResults& results) {
    while (!waiting.empty()) work_one(results);
  }

  // What is stored of a channel, as it would be loaded.
  [[nodiscard]] StoredChannel channel(std::string_view name) const {
    StoredChannel channel{std::string(name), {}, {}};
    for (const Append& append : stored) {
      if (append.channel != name) continue;
      if (append.position.epoch != channel.top.epoch) channel.publications.clear();
      channel.top = append.position;
      channel.publications.push_back({.offset = append.position.offset,
                                      .at = append.at,
                                      .user_json = std::string(append.message.user_json()),
                                      .key = append.key,
                                      .data = std::string(append.message.data_json())});
    }
    return channel;
  }

  std::vector<Append> waiting;
  std::vector<Append> stored;
  std::vector<std::pair<std::string, std::uint64_t>> trimmed;
  std::vector<std::string> forgotten;
  bool is_congested = false;
  bool no_memory = false;

 private:
  [[nodiscard]] std::uint64_t next_offset(const Append& append) const {
    const Position top = channel(append.channel).top;
    return top.epoch == append.position.epoch ? top.offset + 1 : 1;
  }
};

}  // namespace sentix::channels::test
