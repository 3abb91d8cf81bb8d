#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace sentix::test {

// Notes lines on the threads of a server, for the test's thread to wait for.
class Recorder {
 public:
  void add(std::string line) {
    {
      const std::lock_guard lock(mutex_);
      lines_.push_back(std::move(line));
    }
    changed_.notify_all();
  }

  // All lines so far, as soon as there are `count`. std::runtime_error where that takes too long.
  std::vector<std::string> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(20), [&] { return lines_.size() >= count; })) {
      throw std::runtime_error("only " + std::to_string(lines_.size()) + " lines were recorded");
    }
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

}  // namespace sentix::test
