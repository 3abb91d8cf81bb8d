#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace sentix::core {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// A part of a line that a machine can look for.
struct LogField {
  std::string_view name;  // snake_case, a literal
  std::variant<std::string_view, std::uint64_t> value;
};

// One line of the log, which borrows all of it for the call. No part of it is ever a secret, a query string or a
// payload; but a name in it may be a stranger's, with any bytes (one_line()).
struct LogLine {
  LogLevel level = LogLevel::info;
  std::string_view text;                  // for a person, complete by itself, without its end
  std::string_view reason = {};           // a fixed name, of what clients can cause again and again; may be empty
  std::span<const LogField> fields = {};  // what `text` says, apart
};

// Where lines go; it may be empty. Called from every worker's thread, so what it is made from is thread-safe, and does
// not block.
class LogSink {
 public:
  LogSink() = default;
  template <std::invocable<const LogLine&> Take>
  LogSink(Take take) : take_(std::move(take)) {}  // as std::function is made from what can be called

  explicit operator bool() const { return static_cast<bool>(take_); }

  void operator()(const LogLine& line) const { take_(line); }
  void operator()(LogLevel level, std::string_view text) const { take_({.level = level, .text = text}); }

 private:
  std::function<void(const LogLine&)> take_;
};

// `text` with every byte that could end a line, steer a terminal, or is no UTF-8, written as \n, \r, \t or \x1b. So a
// stranger's name can neither make up a line of its own nor hide one.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace sentix::core
