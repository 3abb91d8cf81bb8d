// A whole connection, from the first byte of the request to the end of the stream, served by a worker on its own
// thread. The properties:
//  - what the server sends is one HTTP response and, behind a 101, frames that a client accepts, of which only the last
//    closes;
//  - an echo of the same bytes is the same, however they are cut into pieces;
//  - once the stream has ended, the client is not counted any more.
// Input: the service (1 byte), the size of the pieces (1 byte), what the client sends.
#include "core/connection.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "core/shared.h"
#include "core/worker.h"
#include "test/fuzz/require.h"
#include "test/support/frame_stream.h"

using namespace sentix;
using sentix::test::require;

namespace {

constexpr std::size_t kPiecesMax = 64;  // each is waited for

// Serves as long as the process.
class RunningWorker {
 public:
  explicit RunningWorker(core::Options options) : shared_(std::move(options)), worker_(shared_, 0, {}) {
    std::thread([this] { worker_.run(); }).detach();
  }
  // All that the server says to one client, which sends the pieces and then nothing more.
  std::string converse(const test::Pieces& pieces) {
    std::array<int, 2> ends{};
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    const core::FileDescriptor client(ends[0]);
    require(::fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
    post([end = ends[1]](core::Worker& worker) { worker.adopt(core::FileDescriptor(end), {}); });
    for (const auto piece : pieces) {
      (void)::send(client.get(), piece.data(), piece.size(), MSG_NOSIGNAL);  // which fails once the server has ended
      await_reading(client.get());
    }
    ::shutdown(client.get(), SHUT_WR);
    std::string said;
    std::array<char, 65536> buffer;
    for (ssize_t size = 0; (size = ::recv(client.get(), buffer.data(), buffer.size(), 0)) > 0;) {
      said.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return said;
  }

  // Whether the last client is no longer counted, soon.
  [[nodiscard]] bool deserted() const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (shared_.admission.clients() > 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    return shared_.admission.clients() == 0;
  }

 private:
  void post(core::Mailbox::WorkerTask task) { shared_.mailboxes[0]->post_task(std::move(task)); }

  // Until the server has read what was sent, so that the next piece arrives by itself; but not for long, because it
  // does not read at all while too much waits for the client.
  static void await_reading(int client) {
    int unread = 1;
    for (int tries = 0; tries < 1000 && unread > 0; ++tries) {
      std::this_thread::yield();
      require(::ioctl(client, SIOCOUTQ, &unread) == 0);
    }
  }

  core::Shared shared_;
  core::Worker worker_;
};

core::Options options_of(core::Service service) {
  core::Options options;
  options.service = service;
  options.page = "<html></html>";
  options.max_message_bytes = 1 << 14;
  options.deflate.min_bytes = 16;
  // A worker that is not scheduled for seconds is not to look like a slow client.
  options.handshake_timeout = options.authentication_timeout = options.close_timeout = std::chrono::hours(1);
  options.stall_timeout = std::chrono::hours(1);
  options.ping_interval = {};
  return options;
}

// Takes the head of the response from the front; behind it stands what belongs to the body, or frames.
std::string take_head(std::string& said) {
  const std::size_t end = said.find("\r\n\r\n");
  require(end != std::string::npos && said.starts_with("HTTP/1.1 "));
  std::string head = said.substr(0, end + 4);
  said.erase(0, end + 4);
  return head;
}

void check_frames(const std::string& head, const std::string& frames) {
  const test::Compression compression{.negotiated = head.find("permessage-deflate") != std::string::npos};
  constexpr protocol::ReaderLimits kLimits{.frame_bytes_max = 1 << 20, .message_bytes_max = 1 << 20};
  const test::Transcript events =
      test::transcript_of(protocol::Role::client, kLimits, {test::as_bytes(frames)}, compression);
  for (const std::string& event : events) {
    require(!event.starts_with("violation"));
    require(!event.starts_with("close") || &event == &events.back());
  }
}

void check(std::string said) {
  if (said.empty()) {
    return;  // the client ended its stream before it had asked for anything
  }
  const std::string head = take_head(said);
  if (head.starts_with("HTTP/1.1 101 ")) {
    check_frames(head, said);
  } else {
    const bool has_length =
        head.find("\r\nContent-Length: " + std::to_string(said.size()) + "\r\n") != std::string::npos;
    require(has_length || said.empty());  // HEAD has a length, and no body
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 2;
  if (size < kHead) {
    return 0;
  }
  static auto* const channels = new RunningWorker(options_of(core::Service::channels));
  static auto* const echo = new RunningWorker(options_of(core::Service::echo));
  const bool echoes = data[0] % 2 == 0;
  RunningWorker& worker = echoes ? *echo : *channels;
  const auto stream = std::as_bytes(std::span(data, size)).subspan(kHead);
  const std::size_t piece_size = std::max<std::size_t>(data[1] + 1U, stream.size() / kPiecesMax + 1);

  const std::string whole = worker.converse({stream});
  check(whole);
  const std::string cut = worker.converse(test::pieces_of(stream, piece_size));
  check(cut);
  require(!echoes || cut == whole);
  require(worker.deserted());
  return 0;
}
