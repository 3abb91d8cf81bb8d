#include "core/cluster/child_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>
#ifdef __linux__
#include <sys/prctl.h>
#endif

extern char** environ;

namespace sentix::core {
namespace {

[[noreturn]] void fail(int error, const std::string& sentence) {
  throw std::system_error(error, std::generic_category(), sentence);
}

struct Pipe {
  FileDescriptor reader;
  FileDescriptor writer;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    fail(errno, "cannot make a pipe to a child process");
  }
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

bool is_ours_alone(std::string_view variable) {
  for (const std::string_view name :
       {"NOTIFY_SOCKET=", "WATCHDOG_USEC=", "WATCHDOG_PID=", "LISTEN_FDS=", "LISTEN_PID=", "LISTEN_FDNAMES="}) {
    if (variable.starts_with(name)) {
      return true;
    }
  }
  return false;
}

std::vector<char*> child_environment() {
  std::vector<char*> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!is_ours_alone(*variable)) {
      variables.push_back(*variable);
    }
  }
  variables.push_back(nullptr);
  return variables;
}

// What the child does between fork() and exec(), where only what is async-signal-safe may be called.
struct Beginning {
  const char* file;
  char* const* words;
  char* const* environment;
  pid_t parent;
  int output;
  int error;  // takes errno where there is no exec(); closed by one

  [[noreturn]] void run() const {
    ::setpgid(0, 0);
#ifdef __linux__
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) {
      ::_exit(1);  // it died before the line above
    }
#endif
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD, SIGXFSZ, SIGUSR1}) {
      std::signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
        ::dup2(output, STDERR_FILENO) >= 0) {
#ifdef CLOSE_RANGE_CLOEXEC
      ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);  // not of this program: an embedder's
#endif
      ::execve(file, words, environment);
    }
    const int reason = errno;
    static_cast<void>(!::write(error, &reason, sizeof(reason)));
    ::_exit(127);
  }
};

}  // namespace

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    if (::access(name.c_str(), X_OK) != 0) {
      fail(errno, "cannot run " + name);
    }
    return name;
  }
  const char* const path = std::getenv("PATH");
  std::string_view folders = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
  while (!folders.empty()) {
    const std::size_t colon = std::min(folders.find(':'), folders.size());
    std::string file = std::string(folders.substr(0, colon)) + "/" + name;
    if (colon > 0 && ::access(file.c_str(), X_OK) == 0) {
      return file;
    }
    folders.remove_prefix(std::min(colon + 1, folders.size()));
  }
  fail(ENOENT, "there is no program " + name + " in PATH");
}

ChildProcess::ChildProcess(const std::string& file, const std::vector<std::string>& words) {
  Pipe output = make_pipe();
  Pipe error = make_pipe();
  ::fcntl(output.reader.get(), F_SETFL, O_NONBLOCK);
  std::vector<char*> all{const_cast<char*>(file.c_str())};
  for (const std::string& word : words) {
    all.push_back(const_cast<char*>(word.c_str()));
  }
  all.push_back(nullptr);
  const std::vector<char*> environment = child_environment();
  const Beginning beginning{.file = file.c_str(),
                            .words = all.data(),
                            .environment = environment.data(),
                            .parent = ::getpid(),
                            .output = output.writer.get(),
                            .error = error.writer.get()};
  const pid_t child = ::fork();
  if (child == 0) {
    beginning.run();
  }
  if (child < 0) {
    fail(errno, "cannot start a process for " + file);
  }
  error.writer.reset();
  int reason = 0;
  if (::read(error.reader.get(), &reason, sizeof(reason)) == sizeof(reason)) {
    ::waitpid(child, nullptr, 0);
    fail(reason, "cannot run " + file);
  }
  id_ = child;
  output_ = std::move(output.reader);
}

ChildProcess::~ChildProcess() {
  if (id_ != 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
}

void ChildProcess::signal(int number) const {
  if (id_ != 0) {
    ::kill(id_, number);
  }
}

std::optional<std::string> ChildProcess::ended() {
  int status = 0;
  const pid_t which = id_ == 0 ? 0 : ::waitpid(id_, &status, WNOHANG);
  if (which == 0 || (which < 0 && errno == EINTR)) {
    return std::nullopt;
  }
  id_ = 0;
  if (which < 0) {
    return "has ended";  // somebody else has waited for it
  }
  return WIFSIGNALED(status) ? "was ended by signal " + std::to_string(WTERMSIG(status))
                             : "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace sentix::core
