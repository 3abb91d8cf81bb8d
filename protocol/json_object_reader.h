#pragma once

#include <string_view>

#include "protocol/json_scanner.h"

namespace sentix::protocol {

enum class JsonKind : std::uint8_t { object, array, string, number, boolean, null };

// What a value that has been checked is, told by its first byte.
[[nodiscard]] JsonKind json_kind(std::string_view value);

// One member of an object, both parts as written: the key without its quotes, and exactly the bytes of the value,
// without the white space around it.
struct JsonField {
  std::string_view key;
  std::string_view value;
};

// Reads a JSON text that must be one object, and checks all of it by the rules of validate_json() on the way, in one
// pass:
//
//     JsonObjectReader reader(text);
//     for (JsonField field; reader.next(field);) remember(field);
//     if (reader.error()) refuse();
//
// A field handed out is good in itself, but what follows it has not been seen: nothing may act on any field before
// next() has returned false and error() has said that all is well. Fields point into the text and live as long as it
// does. Keys come in the order written, duplicates included.
class JsonObjectReader {
 public:
  explicit JsonObjectReader(std::string_view text) : scanner_(text) {}

  // The next field; false at the end of the text and at the first error.
  bool next(JsonField& field);

  // After next() returned false: what is wrong, if anything is. An array or a scalar is not_an_object.
  [[nodiscard]] JsonError error() const { return error_; }

 private:
  enum class State : std::uint8_t { before_object, after_field, done };

  bool read_field(JsonField& field);
  bool finish();
  bool refuse_non_object();
  bool stop();

  JsonScanner scanner_;
  State state_ = State::before_object;
  JsonError error_;
};

}  // namespace sentix::protocol
