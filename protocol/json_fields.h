#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/json_object_reader.h"

namespace sentix::protocol {

// The fields of one JSON object whose keys are among some known names, found in one pass in whatever order they were
// written. Fields with other keys are checked like the rest of the text, and left out.
//
// It tells of two ways in which readers of one text come to differ: a known key that occurs twice (one takes the first,
// another the last), and one that is written with escapes (not every filter on the way knows it again). Whether that
// matters is for the caller to say.
class JsonFields {
 public:
  static constexpr std::size_t kNamesMax = 16;

  // `names` must live as long as this; a name's index in it is how everything else here speaks of it.
  explicit JsonFields(std::span<const std::string_view> names) : names_(names) {}

  // Once. Where it returns an error, nothing here means anything.
  [[nodiscard]] JsonError read(std::string_view text);

  // The bytes of the value, which borrow from the text; empty where the object has no such key. Of several the first.
  [[nodiscard]] std::string_view value(std::size_t name) const { return values_[name]; }

  // Names that occurred more than once, and names that occurred written with escapes: bit N is the name with index N.
  [[nodiscard]] std::uint32_t repeated() const { return repeated_; }
  [[nodiscard]] std::uint32_t escaped() const { return escaped_; }

 private:
  void add(const JsonField& field);
  [[nodiscard]] std::size_t find(std::string_view key) const;

  std::span<const std::string_view> names_;
  std::array<std::string_view, kNamesMax> values_;
  std::uint32_t repeated_ = 0;
  std::uint32_t escaped_ = 0;
};

}  // namespace sentix::protocol
