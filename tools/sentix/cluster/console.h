#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sentix::tools {

// Standard output and error of a command that goes on: lines, and where standard output is a terminal, below them a
// table that is drawn again and again in its place. Nobody may be reading: what is not taken in time is lost. For one
// thread.
class Console {
 public:
  Console();

  [[nodiscard]] bool has_table() const { return is_terminal_; }

  void print(std::string_view line);        // to standard output
  void print_error(std::string_view line);  // to standard error
  void show_table(std::string table);       // in place of the one before

 private:
  void print_to(int stream, std::string_view line);
  [[nodiscard]] std::string drawn() const;
  [[nodiscard]] std::string erased() const;
  void write(int stream, std::string_view text);

  const bool is_terminal_;
  std::string table_;
  std::size_t lines_shown_ = 0;
  int patience_ms_;
};

}  // namespace sentix::tools
