#pragma once

#include <uv.h>

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "core/acceptor.h"
#include "core/file_descriptor.h"
#include "core/log.h"
#include "core/uv_handle.h"

namespace sentix::core {

// Where other processes of the same user say what a cluster manager is to do: a Unix socket of mode 0600. A connection
// is one command, a line such as "add 127.0.0.1:8083", and its answer, a line "ok" or "error SENTENCE", perhaps with
// more lines, to the end of the connection. Belongs to one loop's thread.
class ControlSocket {
 public:
  using Obey = std::function<std::string(const std::string& command)>;  // the answer, with the ends of its lines

  // A socket that a dead manager left behind is replaced. Throws std::system_error with a sentence that names
  // --control, where another one listens there, for example.
  ControlSocket(uv_loop_t* loop, std::string path, Obey obey, const core::LogSink& log);
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  // Removes the path and lets everybody go, once. The loop is to be run afterwards, before this goes.
  void close();

 private:
  struct Conversation {
    FileDescriptor socket;  // goes after its watcher
    UvHandle<uv_poll_t> watcher;
    std::string command;
    ControlSocket* owner;
  };

  void accepted(FileDescriptor socket);
  void read(Conversation& conversation);
  void forget(const Conversation& conversation);

  static constexpr std::size_t kConversationsMax = 16;  // the oldest makes way
  static constexpr std::size_t kCommandBytesMax = 1024;

  uv_loop_t* const loop_;
  const std::string path_;
  const Obey obey_;
  std::unique_ptr<Acceptor> acceptor_;
  std::list<Conversation> conversations_;
};

}  // namespace sentix::core
