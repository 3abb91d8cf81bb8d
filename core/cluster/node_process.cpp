#include "core/cluster/node_process.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace sentix::core {

NodeProcess::NodeProcess(uv_loop_t* loop, const std::string& program, const std::vector<std::string>& words,
                         OnLine on_line)
    : on_line_(std::move(on_line)), child_(program, words) {
  watcher_ =
      make_uv_handle<uv_poll_t>(this, [&](uv_poll_t* handle) { return uv_poll_init(loop, handle, child_.output()); });
  if (!watcher_) {
    throw std::system_error(ENOMEM, std::generic_category(), "cannot read what a node writes");
  }
  // One piece a turn, so that a node that writes without end leaves time for the others.
  uv_poll_start(watcher_.get(), UV_READABLE, [](uv_poll_t* handle, int, int) {
    static_cast<void>(static_cast<NodeProcess*>(handle->data)->read_some());
  });
}

std::optional<std::string> NodeProcess::ended() {
  auto how = child_.ended();
  if (how) {
    while (read_some()) {
    }
    lines_.finish([this](std::string_view line) { take(line); });
    *how += last_line_.empty() ? "" : ": " + last_line_;
  }
  return how;
}

bool NodeProcess::read_some() {
  std::array<char, 16 * 1024> buffer;
  const ssize_t count = ::read(child_.output(), buffer.data(), buffer.size());
  if (count > 0) {
    lines_.add({buffer.data(), static_cast<std::size_t>(count)}, [this](std::string_view line) { take(line); });
    return true;
  }
  if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    uv_poll_stop(watcher_.get());  // its end: it would be readable for ever
  }
  return false;
}

void NodeProcess::take(std::string_view line) {
  if (!line.empty()) {
    last_line_ = line;
  }
  on_line_(line);
}

}  // namespace sentix::core
