#pragma once

#include <cstddef>
#include <functional>
#include <string>
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

// Keys of different users have nothing to do with each other; those who are not authenticated are one user here. The
// length in front tells where the name ends, whatever characters it has. Empty where there is no key.
inline std::string scoped_key(std::string_view user, std::string_view key) {
  if (key.empty()) return {};
  std::string scoped = std::to_string(user.size());
  scoped += ':';
  scoped += user;
  scoped += key;
  return scoped;
}

}  // namespace sentix::channels
