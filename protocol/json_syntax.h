#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sentix::protocol {

// How deep arrays and objects may nest; the outermost counts 1. Deep enough for any sensible message, and shallow
// enough for the recursive parsers that clients use. It also lets the validator keep its whole stack in one machine
// word.
inline constexpr unsigned kJsonDepthMax = 64;

enum class JsonFault : std::uint8_t {
  none,
  unexpected_end,
  unexpected_byte,
  bad_number,
  bad_escape,
  lone_surrogate,
  control_character,
  too_deep,
  not_an_object,
  not_utf8,
};

// What is wrong, as the end of a sentence: "a string holds an escape that JSON does not have".
[[nodiscard]] std::string_view describe(JsonFault fault);

// The outcome of a check: true where something is wrong, with the offset in bytes at which that was noticed.
struct JsonError {
  JsonFault fault = JsonFault::none;
  std::size_t offset = 0;

  explicit operator bool() const { return fault != JsonFault::none; }
  friend bool operator==(const JsonError&, const JsonError&) = default;
};

// Checks that `text` is one JSON value by RFC 8259 with nothing but white space around it, nested at most kJsonDepthMax
// deep, in which every surrogate escape is one of a pair. One pass, no allocation, no recursion, and nothing is read
// behind the end of `text`. It does not check UTF-8: a WebSocket text message has been checked when its frames came in.
//
// Numbers may have any size and precision that the grammar allows, because sentix passes them on and never computes
// with them; that and the exact rules are why this is not simdjson's work: its DOM (3.0.1) refuses numbers beyond 64
// bits or a double, and its On-Demand interface does not look at what it is not asked for.
[[nodiscard]] JsonError validate_json(std::string_view text);

// The same for text that did not come through a frame, such as what an application hands to broadcast(): UTF-8 is
// checked as well. The offset of not_utf8 is always 0.
[[nodiscard]] JsonError validate_json_utf8(std::string_view text);

}  // namespace sentix::protocol
