#include "core/handover.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>

namespace sentix::core {
namespace {

constexpr std::uint32_t kMagic = 0x73747831;         // that this is our protocol, in its first version
constexpr std::uint32_t kDescriptorsMax = 4096;      // 255 workers, and addresses of one name
constexpr std::size_t kDescriptorsPerMessage = 128;  // the kernel takes 253
constexpr char kAccepting = 'a';
constexpr int kForEver = -1;
constexpr int kAnswerTimeoutMs = 10'000;     // of the predecessor
constexpr int kAcceptingTimeoutMs = 60'000;  // from a successor's having the sockets to its using them

struct Greeting {
  std::uint32_t magic = kMagic;
  std::uint32_t descriptors = 0;
};

[[noreturn]] void fail(int error, const std::string& path, const std::string& what) {
  throw std::system_error(error, std::generic_category(), "--handover " + path + ": " + what);
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    fail(ENAMETOOLONG, path, "the path has 1 to " + std::to_string(sizeof(address.sun_path) - 1) + " bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

FileDescriptor unix_socket(const std::string& path) {
  FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) {
    fail(errno, path, "cannot make a socket");
  }
  return fd;
}

bool is_same_user(const FileDescriptor& peer) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  return ::getsockopt(peer.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 && credentials.uid == ::geteuid();
}

// Waits until `fd` is readable, or has ended: false where the time is over first, or `end` is.
bool readable(const FileDescriptor& fd, int timeout_ms, const FileDescriptor& end = FileDescriptor()) {
  std::array<pollfd, 2> waiting{{{.fd = fd.get(), .events = POLLIN, .revents = 0},
                                 {.fd = end.get(), .events = POLLIN, .revents = 0}}};  // -1 is passed over
  int ready = 0;
  do {
    ready = ::poll(waiting.data(), waiting.size(), timeout_ms);
  } while (ready < 0 && errno == EINTR);
  return ready > 0 && waiting[1].revents == 0;
}

// The control data of one message with descriptors.
struct Control {
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(kDescriptorsPerMessage * sizeof(int))> bytes{};
};

bool send_all(const FileDescriptor& peer, std::span<const std::byte> bytes) {
  return ::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

// Descriptors travel beside a byte of their own, which keeps those of two messages apart.
bool send_descriptors(const FileDescriptor& peer, std::span<const FileDescriptor> descriptors) {
  Control control;
  char byte = 0;
  iovec data{.iov_base = &byte, .iov_len = 1};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
  unsigned char* at = CMSG_DATA(header);
  for (const FileDescriptor& descriptor : descriptors) {
    const int number = descriptor.get();
    std::memcpy(at, &number, sizeof(number));
    at += sizeof(number);
  }
  return ::sendmsg(peer.get(), &message, MSG_NOSIGNAL) == 1;
}

// Appends what one message brings; whatever the outcome, no descriptor is lost. False where it brings none, or more
// than fit.
bool receive_descriptors(const FileDescriptor& peer, std::vector<FileDescriptor>& descriptors) {
  Control control;
  char byte = 0;
  iovec data{.iov_base = &byte, .iov_len = 1};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  if (!readable(peer, kAnswerTimeoutMs) || ::recvmsg(peer.get(), &message, MSG_CMSG_CLOEXEC) != 1) {
    return false;
  }
  const std::size_t before = descriptors.size();
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header) + i * sizeof(int), sizeof(number));
      descriptors.emplace_back(number);
    }
  }
  return (message.msg_flags & MSG_CTRUNC) == 0 && descriptors.size() > before;
}

}  // namespace

std::optional<Predecessor> Predecessor::at(const std::string& path) {
  const sockaddr_un address = address_of(path);
  Predecessor found;
  found.conversation_ = unix_socket(path);
  if (::connect(found.conversation_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) {
      return std::nullopt;
    }
    fail(errno, path, "cannot reach the process that waits there");
  }
  if (!is_same_user(found.conversation_)) {
    fail(EPERM, path, "another user's process waits there");
  }
  Greeting greeting{.magic = 0};
  if (!readable(found.conversation_, kAnswerTimeoutMs)) {
    fail(ETIMEDOUT, path, "the process that waits there does not answer");
  }
  const ssize_t got = ::recv(found.conversation_.get(), &greeting, sizeof(greeting), MSG_WAITALL);
  if (got == 0) {
    fail(ECONNRESET, path, "the process that waits there is being replaced, or about to end");
  }
  if (got != sizeof(greeting) || greeting.magic != kMagic || greeting.descriptors > kDescriptorsMax) {
    fail(EPROTO, path, "what waits there does not speak this protocol");
  }
  while (found.listening_.size() < greeting.descriptors) {
    if (!receive_descriptors(found.conversation_, found.listening_)) {
      fail(EPROTO, path,
           "the listening sockets did not arrive: " + std::to_string(found.listening_.size()) + " of " +
               std::to_string(greeting.descriptors));
    }
  }
  return found;
}

void Predecessor::retire() {
  send_all(conversation_, std::as_bytes(std::span(&kAccepting, 1)));
  conversation_.reset();
}

HandoverListener::HandoverListener(std::string path)
    : path_(std::move(path)), own_path_(path_ + "." + std::to_string(::getpid())) {
  const sockaddr_un address = address_of(own_path_);
  struct stat status {};
  if (::lstat(path_.c_str(), &status) == 0 && !S_ISSOCK(status.st_mode)) {
    fail(EEXIST, path_, "there is something else than a socket at this path");
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    fail(errno, path_, "cannot make a pipe");
  }
  end_reader_.reset(ends[0]);
  end_writer_.reset(ends[1]);
  ::unlink(own_path_.c_str());  // of a process with this number that was killed
  socket_ = unix_socket(path_);
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    fail(errno, path_, "cannot make a socket beside it");
  }
  // Nobody can connect between these calls: the socket is not listening yet.
  if (::chmod(own_path_.c_str(), 0600) != 0 || ::listen(socket_.get(), 1) != 0) {
    const int error = errno;
    ::unlink(own_path_.c_str());
    fail(error, path_, "cannot listen");
  }
}

HandoverListener::~HandoverListener() {
  end_writer_.reset();
  if (thread_.joinable()) {
    thread_.join();
  }
  if (!has_successor_) {
    ::unlink(at_path_ ? path_.c_str() : own_path_.c_str());
  }
}

void HandoverListener::start(std::function<std::vector<FileDescriptor>()> listening, std::function<void()> succeeded) {
  listening_ = std::move(listening);
  succeeded_ = std::move(succeeded);
  if (::rename(own_path_.c_str(), path_.c_str()) != 0) {
    fail(errno, path_, "cannot take the path");
  }
  at_path_ = true;
  thread_ = std::thread([this] { run(); });
}

void HandoverListener::run() {
  while (!has_successor_) {
    if (!readable(socket_, kForEver, end_reader_)) {
      return;
    }
    const FileDescriptor peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    has_successor_ = peer && is_same_user(peer) && hand_over_to(peer);
  }
  socket_.reset();  // whoever waits there asks the successor
  succeeded_();
}

// Whether the peer accepts from the sockets now.
bool HandoverListener::hand_over_to(const FileDescriptor& peer) {
  const std::vector<FileDescriptor> listening = listening_();
  const Greeting greeting{.descriptors = static_cast<std::uint32_t>(listening.size())};
  if (!send_all(peer, std::as_bytes(std::span(&greeting, 1)))) {
    return false;
  }
  for (std::size_t sent = 0; sent < listening.size(); sent += kDescriptorsPerMessage) {
    const std::size_t count = std::min(listening.size() - sent, kDescriptorsPerMessage);
    if (!send_descriptors(peer, std::span(listening).subspan(sent, count))) {
      return false;
    }
  }
  if (!readable(peer, kAcceptingTimeoutMs, end_reader_)) {
    return false;
  }
  char word = 0;
  return ::recv(peer.get(), &word, 1, MSG_DONTWAIT) == 1 && word == kAccepting;
}

}  // namespace sentix::core
