#pragma once

#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/file_descriptor.h"

namespace sentix::core {

// How one process takes the place of another without refusing anybody: the listening sockets themselves change hands,
// with who waits in their queues. Both are started with the same path, at which the running one waits for the next:
//
//     successor                        predecessor
//     connects to the path       ->
//                                <-    the sockets, as descriptors (SCM_RIGHTS)
//     accepts from them
//     takes the path over (rename)
//     "accepting"                ->
//                                      stops accepting, drains, ends
//
// Until that word both have the sockets and the predecessor alone serves them; a successor that fails before it changes
// nothing. The path belongs to one user: its mode is 0600, and each side asks the kernel who the other one is.

// The process that serves so far.
class Predecessor {
 public:
  // Nothing where nobody waits at `path`. Waits for its answer up to 10 s. Throws std::system_error with a sentence
  // that names --handover where it is another user's, does not answer, or answers something else.
  static std::optional<Predecessor> at(const std::string& path);

  // Its listening sockets, to be taken once.
  std::vector<FileDescriptor> take_listening() { return std::move(listening_); }

  // Tells it that this process accepts from them. It does not wait for the other's end.
  void retire();

 private:
  FileDescriptor conversation_;
  std::vector<FileDescriptor> listening_;
};

// Where the process that serves waits for the next, on a thread of its own.
class HandoverListener {
 public:
  // Listens beside `path`, not yet at it. Throws std::system_error with a sentence that names --handover.
  explicit HandoverListener(std::string path);
  // Removes the path, unless a successor has it.
  ~HandoverListener();
  HandoverListener(const HandoverListener&) = delete;
  HandoverListener& operator=(const HandoverListener&) = delete;

  // Takes the path over from whoever had it, and waits there. `listening` gives duplicates of what this process listens
  // on, `succeeded` is called once, when another process accepts from them; both on the thread, and neither throws.
  // Throws std::system_error where the path cannot be had or there is no thread.
  void start(std::function<std::vector<FileDescriptor>()> listening, std::function<void()> succeeded);

 private:
  void run();
  bool hand_over_to(const FileDescriptor& peer);

  const std::string path_;
  const std::string own_path_;  // beside it, before it is moved there
  FileDescriptor socket_;
  FileDescriptor end_reader_;  // readable when the listener is to end
  FileDescriptor end_writer_;
  std::function<std::vector<FileDescriptor>()> listening_;
  std::function<void()> succeeded_;
  std::thread thread_;
  bool at_path_ = false;
  bool has_successor_ = false;  // the thread's, until it has ended
};

}  // namespace sentix::core
