// The frame reader: the events of a stream do not depend on how it is cut, nor on which of its bytes are received
// directly; and the messages of a stream, framed again, are read as the same messages. Input: role, limits and the size
// of the pieces (1 byte each), the stream. The first byte's second and third bit: compression was negotiated, with
// context takeover.

#include "protocol/client_frame.h"
#include "test/fuzz/require.h"
#include "test/support/frame_stream.h"

using namespace sentix;
using protocol::Incoming;
using sentix::test::require;

namespace {

// The stream again, as a client would send what was read from it: one frame for each event.
std::vector<std::byte> framed_again(protocol::Role role, const protocol::ReaderLimits& limits,
                                    std::span<const std::byte> stream, test::Compression compression) {
  std::vector<std::byte> memory(stream.begin(), stream.end());
  std::vector<std::byte> output;
  std::span<std::byte> input(memory);
  protocol::Inflater inflater(compression.takeover);
  protocol::MessageReader reader(role, limits);
  if (compression.negotiated) {
    reader.use(inflater);
  }
  for (Incoming event = reader.next(input); event.kind != Incoming::Kind::need_more; event = reader.next(input)) {
    if (event.kind == Incoming::Kind::violation || event.kind == Incoming::Kind::close) {
      break;
    }
    protocol::append_client_frame(output, event.opcode, true, test::kTestKey, event.payload);
  }
  return output;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 3;
  if (size < kHead) {
    return 0;
  }
  const auto role = data[0] % 2 == 0 ? protocol::Role::server : protocol::Role::client;
  const protocol::ReaderLimits limits{.frame_bytes_max = 1U << data[1] % 18,
                                      .message_bytes_max = 1U << data[1] / 16 % 18};
  const test::Compression compression{
      .negotiated = (data[0] & 2) != 0,
      .takeover = (data[0] & 4) != 0 ? protocol::ContextTakeover::yes : protocol::ContextTakeover::no};
  const std::size_t piece_size = data[2] + 1U;
  const std::span<const std::byte> stream = std::as_bytes(std::span(data, size)).subspan(kHead);

  const test::Transcript whole = test::transcript_of(role, limits, {stream}, compression);
  require(test::transcript_of(role, limits, test::pieces_of(stream, piece_size), compression) == whole);
  require(test::transcript_of(role, limits, test::pieces_of(stream, 1), compression) == whole);
  require(test::transcript_of_direct(role, limits, stream, piece_size * 64, compression) == whole);

  const protocol::ReaderLimits large{.frame_bytes_max = 1U << 18, .message_bytes_max = 1U << 18};
  test::Transcript messages = whole;
  while (!messages.empty() && (messages.back().starts_with("violation") || messages.back().starts_with("close"))) {
    messages.pop_back();
  }
  require(test::transcript_of(protocol::Role::server, large, {framed_again(role, limits, stream, compression)}) ==
          messages);
  return 0;
}
