#pragma once

#include <uv.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/child_process.h"
#include "core/cluster/line_splitter.h"
#include "core/uv_handle.h"

namespace sentix::core {

// The process of a node while there is one, and what it writes. Belongs to one loop's thread.
class NodeProcess {
 public:
  using OnLine = std::function<void(std::string_view line)>;

  // Throws std::system_error with a sentence where it cannot be started.
  NodeProcess(uv_loop_t* loop, const std::string& program, const std::vector<std::string>& words, OnLine on_line);

  [[nodiscard]] int id() const { return child_.id(); }
  void signal(int number) const { child_.signal(number); }

  // Once it has ended, how, with the last that it wrote: "ended with status 1: sentix: --port 8080: ...". All that it
  // wrote has been told by then.
  [[nodiscard]] std::optional<std::string> ended();

 private:
  // Returns false where there is nothing more for now, or for ever.
  bool read_some();
  void take(std::string_view line);

  const OnLine on_line_;
  ChildProcess child_;  // goes after the watcher of its output
  UvHandle<uv_poll_t> watcher_;
  LineSplitter lines_;
  std::string last_line_;
};

}  // namespace sentix::core
