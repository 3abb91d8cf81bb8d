#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "channels/session_id.h"
#include "core/address.h"
#include "core/ending.h"

namespace sentix::core {

// How one connection ended, kept for "why was I disconnected?".
struct EndedConnection {
  channels::SessionId id{};
  std::string user;  // empty: not authenticated
  Address address;
  std::chrono::system_clock::time_point at;
  Ending ending{};
  std::uint16_t code = 0;  // as in End
  std::string detail;      // a sentence
  std::string limit;       // limit_text() at that time
};

// The last so many ends of clients, and as many of strangers apart from them: a flood of bad requests does not push out
// what clients ask about. Any thread may call anything.
class LastEnds {
 public:
  // `kept` of each; 0: none, and nothing is locked or allocated.
  explicit LastEnds(std::size_t kept) : kept_(kept) {}

  [[nodiscard]] bool keeps() const { return kept_ > 0; }

  void add(EndedConnection ended, bool was_client);

  // What is not empty must match: the id as text, the user's name, the address with or without its port. Newest first.
  struct Query {
    std::string_view connection = {};
    std::string_view user = {};
    std::string_view address = {};
    std::size_t limit = 100;
  };
  [[nodiscard]] std::vector<EndedConnection> find(const Query& query) const;

 private:
  // Grows up to `kept_`; then the oldest is replaced, at `next`.
  struct Ring {
    std::vector<EndedConnection> ends;
    std::size_t next = 0;
  };

  const std::size_t kept_;
  mutable std::mutex mutex_;
  Ring clients_;
  Ring strangers_;
};

}  // namespace sentix::core
