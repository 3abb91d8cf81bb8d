#include "protocol/deflate/inflater.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <new>

namespace sentix::protocol {
namespace {

// RFC 7692 §7.2.2: the end of the empty block that closes a message, which the sender left out.
constexpr std::array kTail{std::byte{0x00}, std::byte{0x00}, std::byte{0xFF}, std::byte{0xFF}};

// zlib counts in 32 bits.
uInt clipped(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

struct Inflater::Stream {
  z_stream z{};

  explicit Stream(int window_bits) {
    // Negative: DEFLATE without the header and the checksum of zlib's own format.
    if (::inflateInit2(&z, -window_bits) != Z_OK) throw std::bad_alloc();
  }
  ~Stream() { ::inflateEnd(&z); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Result feed(std::span<const std::byte> input, std::size_t size_max, MessageBuffer& message);
  Result step(std::size_t size_max, MessageBuffer& message);

  // zlib.h on data_type: 128 is set right behind the end of a block.
  [[nodiscard]] bool between_blocks() const { return (z.data_type & 128) != 0; }
};

Inflater::Result Inflater::Stream::feed(std::span<const std::byte> input, std::size_t size_max,
                                        MessageBuffer& message) {
  while (!input.empty()) {
    const uInt size = clipped(input.size());
    z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(input.data()));  // zlib does not write there
    z.avail_in = size;
    if (const Result result = step(size_max, message); result != Result::ok) return result;
    input = input.subspan(size);
  }
  return Result::ok;
}

// Uses up what stream's input there is, and brings out all that follows from it.
Inflater::Result Inflater::Stream::step(std::size_t size_max, MessageBuffer& message) {
  std::byte one_too_many{};
  do {
    const std::size_t room = size_max - message.size();
    const std::span<std::byte> output = room > 0 ? message.free_space(room) : std::span(&one_too_many, 1);
    z.next_out = reinterpret_cast<Bytef*>(output.data());
    z.avail_out = clipped(output.size());
    const uInt offered = z.avail_out;
    const int status = ::inflate(&z, Z_SYNC_FLUSH);
    const std::size_t produced = offered - z.avail_out;
    if (room == 0 && produced > 0) return Result::too_large;
    if (room > 0) message.extend(produced);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    // RFC 7692 §7.2.3.4: behind a block that says it is the last, others may follow all the same.
    if (status == Z_STREAM_END) ::inflateReset(&z);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return Result::invalid;
  } while (z.avail_in > 0 || z.avail_out == 0);
  return Result::ok;
}

Inflater::Inflater(ContextTakeover takeover, int window_bits) : window_bits_(window_bits), takeover_(takeover) {
  assert(window_bits >= kWindowBitsMin && window_bits <= kWindowBitsMax);
}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Inflater::Result Inflater::inflate(std::span<const std::byte> compressed, std::size_t size_max,
                                   MessageBuffer& message) {
  assert(message.size() == 0);
  // §7.2.3.6 gives an empty message one byte; some senders leave out that as well.
  if (compressed.empty()) return Result::ok;
  if (!stream_) {
    stream_ = std::make_unique<Stream>(window_bits_);
  } else if (takeover_ == ContextTakeover::no) {
    ::inflateReset(&stream_->z);
  }
  Result result = stream_->feed(compressed, size_max, message);
  if (result == Result::ok) result = stream_->feed(kTail, size_max, message);
  if (result == Result::ok && !stream_->between_blocks()) result = Result::invalid;
  return result;
}

}  // namespace sentix::protocol
