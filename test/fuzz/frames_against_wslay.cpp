// The frame reader against wslay, a WebSocket library by others: both find the same messages, control frames and
// closing, and fail the same streams at the same place with the same code. Input: the stream of a client.
//
// Where they differ, and both may: wslay reads unmasked frames of clients too (§5.1), so that what it makes of a stream
// behind one is not compared; it takes a close frame of one byte for an empty one (§5.5.1), judges the reason of a
// close frame before its code, and does not know the codes 1012 to 1014, which are younger than the RFC.
#include <wslay/wslay.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "test/fuzz/require.h"
#include "test/support/frame_stream.h"

using namespace sentix;
using sentix::test::require;

namespace {

constexpr std::size_t kBytesMax = 4096;  // of a message, and of a frame
constexpr std::size_t kTailBytes = 256;  // so that no header and no control frame is cut: each fails those at its place

// What wslay makes of a stream, in the words of line_of(); a stream that it fails ends with "failed" and the code.
class Wslay {
 public:
  explicit Wslay(std::span<const std::byte> stream) : stream_(stream) {
    const wslay_event_callbacks callbacks{.recv_callback = receive,
                                          .send_callback = send,
                                          .genmask_callback = nullptr,
                                          .on_frame_recv_start_callback = nullptr,
                                          .on_frame_recv_chunk_callback = nullptr,
                                          .on_frame_recv_end_callback = nullptr,
                                          .on_msg_recv_callback = take};
    wslay_event_context_ptr context = nullptr;
    require(::wslay_event_context_server_init(&context, &callbacks, this) == 0);
    const std::unique_ptr<wslay_event_context, decltype(&::wslay_event_context_free)> owner(
        context, &::wslay_event_context_free);
    ::wslay_event_config_set_max_recv_msg_length(context, kBytesMax);
    if (::wslay_event_recv(context) != 0) {
      transcript_.push_back("failed 1002");  // a header that cannot be: it says no code
      return;
    }
    require(::wslay_event_send(context) == 0);
    if (!closed_ && ::wslay_event_get_close_sent(context) != 0) {
      transcript_.push_back("failed " + std::to_string(::wslay_event_get_status_code_sent(context)));
    }
  }

  [[nodiscard]] const test::Transcript& transcript() const { return transcript_; }

 private:
  static ssize_t receive(wslay_event_context_ptr context, std::uint8_t* into, std::size_t size, int, void* user) {
    auto& stream = static_cast<Wslay*>(user)->stream_;
    if (stream.empty()) {
      ::wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    const std::size_t received = std::min(size, stream.size());
    std::copy_n(reinterpret_cast<const std::uint8_t*>(stream.data()), received, into);
    stream = stream.subspan(received);
    return static_cast<ssize_t>(received);
  }

  static ssize_t send(wslay_event_context_ptr, const std::uint8_t*, std::size_t size, int, void*) {
    return static_cast<ssize_t>(size);
  }

  static void take(wslay_event_context_ptr, const wslay_event_on_msg_recv_arg* message, void* user) {
    auto& self = *static_cast<Wslay*>(user);
    std::string payload(reinterpret_cast<const char*>(message->msg), message->msg_length);
    switch (message->opcode) {
      case WSLAY_TEXT_FRAME:
        self.transcript_.push_back("text " + payload);
        break;
      case WSLAY_BINARY_FRAME:
        self.transcript_.push_back("binary " + payload);
        break;
      case WSLAY_PING:
        self.transcript_.push_back("ping " + payload);
        break;
      case WSLAY_PONG:
        self.transcript_.push_back("pong " + payload);
        break;
      case WSLAY_CONNECTION_CLOSE: {
        const unsigned code = message->status_code != 0 ? message->status_code : 1005;
        self.transcript_.push_back("close " + std::to_string(code) + " " + payload.erase(0, 2));
        self.closed_ = true;
        break;
      }
      default:
        std::abort();
    }
  }

  std::span<const std::byte> stream_;
  test::Transcript transcript_;
  bool closed_ = false;
};

bool fails(const test::Transcript& transcript, protocol::Violation violation) {
  return !transcript.empty() && transcript.back() == "violation " + std::string(protocol::info(violation).text);
}

// The code that the connection is failed with; 0 where it is not.
unsigned failure(const test::Transcript& transcript) {
  for (const protocol::ViolationInfo& info : protocol::violations()) {
    if (fails(transcript, info.violation)) {
      return static_cast<unsigned>(info.close_code);
    }
  }
  return 0;
}

bool has_younger_code(const test::Transcript& transcript) {
  constexpr std::array<std::string_view, 3> kCloses{"close 1012 ", "close 1013 ", "close 1014 "};
  return !transcript.empty() && std::any_of(kCloses.begin(), kCloses.end(), [&](std::string_view close) {
    return transcript.back().starts_with(close);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> stream(size + kTailBytes);
  std::copy_n(reinterpret_cast<const std::byte*>(data), size, stream.begin());
  constexpr protocol::ReaderLimits kLimits{.frame_bytes_max = kBytesMax, .message_bytes_max = kBytesMax};
  test::Transcript ours = test::transcript_of(protocol::Role::server, kLimits, {std::span(stream)});
  test::Transcript theirs = Wslay(stream).transcript();

  using protocol::Violation;
  if (fails(ours, Violation::unmasked_frame)) {
    ours.pop_back();
    theirs.resize(std::min(ours.size(), theirs.size()));
  } else if (fails(ours, Violation::close_payload_of_one_byte)) {
    ours.back() = "close 1005 ";
  } else if (has_younger_code(ours)) {
    ours.back() = "failed 1002";
  } else if (fails(ours, Violation::close_code_not_allowed) && theirs.back() == "failed 1007") {
    ours.back() = theirs.back();
  } else if (const unsigned code = failure(ours); code != 0) {
    ours.back() = "failed " + std::to_string(code);
  }
  require(ours == theirs);
  return 0;
}
