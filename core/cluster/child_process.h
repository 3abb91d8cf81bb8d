#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_descriptor.h"

namespace sentix::core {

// The file that a program's name stands for: itself where it has a slash, otherwise the first in PATH that may be run.
// Throws std::system_error with a sentence where there is none.
[[nodiscard]] std::string find_program(const std::string& name);

// One child process, which ends with whoever started it: it is killed when this goes, and told to stop (SIGTERM) by the
// kernel when the thread that started it has gone, in whatever way (Linux; elsewhere an orphan goes on). It is in a
// process group of its own, so that Ctrl-C at a terminal is its parent's to act on; it has an empty standard input, and
// of other descriptors none.
class ChildProcess {
 public:
  // Runs `file` with these words behind its name, in this process's environment without what a service manager told
  // this process alone (NOTIFY_SOCKET and the like). Throws std::system_error with a sentence; also where the file
  // turns out not to be a program.
  ChildProcess(const std::string& file, const std::vector<std::string>& words);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] pid_t id() const { return id_; }
  // Where its standard output and error come out together; non-blocking.
  [[nodiscard]] int output() const { return output_.get(); }

  void signal(int number) const;

  // Once it has ended, how: "ended with status 1", "was ended by signal 9". Does not wait.
  [[nodiscard]] std::optional<std::string> ended();

 private:
  pid_t id_ = 0;  // 0: it has ended, and its number may be another's
  FileDescriptor output_;
};

}  // namespace sentix::core
