#include "tools/sentix/cluster/console.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace sentix::tools {

namespace {

constexpr int kPatienceMs = 1000;
constexpr std::size_t kAtOnce = 4096;  // PIPE_BUF: a pipe that is writable takes so much without blocking
constexpr std::size_t kUsualColumns = 80;

std::size_t columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsualColumns;
}

}  // namespace

Console::Console() : is_terminal_(::isatty(STDOUT_FILENO) == 1), patience_ms_(kPatienceMs) {}

void Console::print(std::string_view line) {
  print_to(STDOUT_FILENO, line);
}
void Console::print_error(std::string_view line) {
  print_to(STDERR_FILENO, line);
}

void Console::print_to(int stream, std::string_view line) {
  const bool beside_table = is_terminal_ && ::isatty(stream) == 1;
  if (beside_table) {
    write(STDOUT_FILENO, erased());
  }
  write(stream, std::string(line) + '\n');
  if (beside_table) {
    write(STDOUT_FILENO, drawn());
  }
}

void Console::show_table(std::string table) {
  const std::string before = erased();
  table_ = std::move(table);
  lines_shown_ = static_cast<std::size_t>(std::count(table_.begin(), table_.end(), '\n'));
  write(STDOUT_FILENO, before + drawn());
}

// A line that is longer than the terminal is wide would be two of them, and the next table in the wrong place.
std::string Console::drawn() const {
  const std::size_t width = columns();
  std::string text;
  std::string_view rest = table_;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    text.append(rest.substr(0, std::min(end, width - 1))) += '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return text;
}

// Back to where the table began, and all below it away (ECMA-48: CPL, ED).
std::string Console::erased() const {
  return lines_shown_ == 0 ? "" : "\x1b[" + std::to_string(lines_shown_) + "F\x1b[J";
}

void Console::write(int stream, std::string_view text) {
  pollfd watched{.fd = stream, .events = POLLOUT, .revents = 0};
  while (!text.empty()) {
    const bool taken = ::poll(&watched, 1, patience_ms_) == 1;
    const ssize_t written = taken ? ::write(stream, text.data(), std::min(text.size(), kAtOnce)) : -1;
    patience_ms_ = written > 0 ? kPatienceMs : 0;  // who has not taken one is not waited for with the next
    if (written <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace sentix::tools
