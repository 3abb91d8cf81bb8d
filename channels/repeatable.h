#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace sentix::channels {

// What a publication with an idempotency key is known again by. Views of what keeps the publication.
struct Repeatable {
  std::string_view key;   // with its user's name, so that keys of different users are different ones
  std::string_view data;  // the JSON text as published

  friend bool operator==(const Repeatable&, const Repeatable&) = default;
};

// Both count, so that many publications under one key are no longer to look through than those under many.
struct RepeatableHash {
  std::size_t operator()(const Repeatable& repeatable) const noexcept {
    const std::hash<std::string_view> hash;
    return hash(repeatable.key) * 31 + hash(repeatable.data);
  }
};

}  // namespace sentix::channels
