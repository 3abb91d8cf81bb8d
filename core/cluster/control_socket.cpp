#include "core/cluster/control_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "core/listening_socket.h"

namespace sentix::core {
ControlSocket::ControlSocket(uv_loop_t* loop, std::string path, Obey obey, const core::LogSink& log)
    : loop_(loop), path_(std::move(path)), obey_(std::move(obey)) {
  FileDescriptor socket = listen_at_path(path_, 0600, {.setting = "--control " + path_, .rival = "another manager"});
  const auto take = [this](FileDescriptor accepted_socket, const Address&) { accepted(std::move(accepted_socket)); };
  acceptor_ = std::make_unique<Acceptor>(std::move(socket), take, log);
  acceptor_->start(loop_);
}

void ControlSocket::close() {
  acceptor_->close();
  ::unlink(path_.c_str());
  conversations_.clear();
}

void ControlSocket::accepted(FileDescriptor socket) {
  if (conversations_.size() >= kConversationsMax) {
    conversations_.pop_front();
  }
  Conversation& one = conversations_.emplace_back();
  one.socket = std::move(socket);
  one.owner = this;
  one.watcher =
      make_uv_handle<uv_poll_t>(&one, [&](uv_poll_t* handle) { return uv_poll_init(loop_, handle, one.socket.get()); });
  if (!one.watcher) {
    conversations_.pop_back();
    return;
  }
  uv_poll_start(one.watcher.get(), UV_READABLE, [](uv_poll_t* handle, int, int) {
    auto& conversation = *static_cast<Conversation*>(handle->data);
    conversation.owner->read(conversation);
  });
}

void ControlSocket::read(Conversation& conversation) {
  std::array<char, kCommandBytesMax> buffer;
  const ssize_t count = ::recv(conversation.socket.get(), buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    return;
  }
  conversation.command.append(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  const std::size_t end = conversation.command.find('\n');
  if (end == std::string::npos && count > 0 && conversation.command.size() <= kCommandBytesMax) {
    return;
  }
  if (end != std::string::npos) {
    const std::string answer = obey_(conversation.command.substr(0, end));
    // An answer is smaller than the empty buffer of a socket; who takes none of it has gone.
    static_cast<void>(!::send(conversation.socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL));
  }
  forget(conversation);
}

void ControlSocket::forget(const Conversation& conversation) {
  conversations_.remove_if([&](const Conversation& one) { return &one == &conversation; });
}

}  // namespace sentix::core
