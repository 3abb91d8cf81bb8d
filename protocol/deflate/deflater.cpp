#include "protocol/deflate/deflater.h"

#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <new>
#include <optional>
#include <utility>

namespace sentix::protocol {
namespace {

// RFC 7692 §7.2.1: what a flush ends with, and what is not sent.
constexpr std::size_t kTailBytes = 4;

// A flush takes five bytes, and bits of the message before, that zlib does not count in its bound.
constexpr std::size_t kFlushBytes = 16;

uInt clipped(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

struct Deflater::Stream {
  z_stream z{};

  Stream(int window_bits, const DeflateEffort& effort) {
    // Negative: DEFLATE without the header and the checksum of zlib's own format.
    if (::deflateInit2(&z, effort.level, Z_DEFLATED, -window_bits, effort.memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Stream() { ::deflateEnd(&z); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Compresses `input` and flushes. The size of what was written to `output`, or nothing where that was too small.
  std::optional<std::size_t> compress(std::span<const std::byte> input, std::span<std::byte> output);
};

std::optional<std::size_t> Deflater::Stream::compress(std::span<const std::byte> input, std::span<std::byte> output) {
  const std::size_t room = output.size();
  do {
    const uInt in = clipped(input.size());
    const uInt out = clipped(output.size());
    z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(input.data()));  // zlib does not write there
    z.avail_in = in;
    z.next_out = reinterpret_cast<Bytef*>(output.data());
    z.avail_out = out;
    ::deflate(&z, in == input.size() ? Z_SYNC_FLUSH : Z_NO_FLUSH);
    input = input.subspan(in - z.avail_in);
    output = output.subspan(out - z.avail_out);
    if (output.empty()) return std::nullopt;  // zlib.h: only room that is left shows that the flush is complete
  } while (!input.empty());
  return room - output.size();
}

Deflater::Deflater(ContextTakeover takeover, int window_bits, const DeflateEffort& effort)
    : window_bits_(window_bits), effort_(effort), takeover_(takeover) {
  assert(window_bits >= kWindowBitsMin && window_bits <= kWindowBitsMax);
}
Deflater::~Deflater() = default;
Deflater::Deflater(Deflater&&) noexcept = default;
Deflater& Deflater::operator=(Deflater&&) noexcept = default;

SharedFrame Deflater::deflate(Opcode opcode, std::span<const std::byte> payload) {
  if (payload.empty()) return {};
  if (!stream_) {
    stream_ = std::make_unique<Stream>(window_bits_, effort_);
  } else if (takeover_ == ContextTakeover::no) {
    ::deflateReset(&stream_->z);
  }
  // Where it may be given up, more room than the message itself takes is not needed.
  const std::size_t bound = takeover_ == ContextTakeover::no
                                ? payload.size() + kTailBytes
                                : ::deflateBound(&stream_->z, payload.size()) + kFlushBytes;
  FrameBuilder frame(bound);
  const auto size = stream_->compress(payload, frame.free_space(bound));
  if (!size) {
    assert(takeover_ == ContextTakeover::no);
    return {};
  }
  frame.extend(*size - kTailBytes);
  return std::move(frame).finish_compressed(opcode);
}

}  // namespace sentix::protocol
