#include "protocol/deflate/deflater.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <array>
#include <string>

#include "protocol/deflate/inflater.h"
#include "protocol/frame_header.h"
#include "test/support/cuts.h"
#include "test/support/deflate_texts.h"

namespace sentix::protocol {
namespace {

// zlib's own opinion, with no more window than was agreed.
class PlainZlib {
 public:
  explicit PlainZlib(int window_bits) { REQUIRE(::inflateInit2(&z_, -window_bits) == Z_OK); }
  ~PlainZlib() { ::inflateEnd(&z_); }
  PlainZlib(const PlainZlib&) = delete;
  PlainZlib& operator=(const PlainZlib&) = delete;

  std::string inflate(std::span<const std::byte> compressed, std::size_t size) {
    std::string input = test::as_text(compressed) + std::string("\x00\x00\xFF\xFF", 4);
    std::string output(size + 1, '\0');
    z_.next_in = reinterpret_cast<Bytef*>(input.data());
    z_.avail_in = static_cast<uInt>(input.size());
    z_.next_out = reinterpret_cast<Bytef*>(output.data());
    z_.avail_out = static_cast<uInt>(output.size());
    REQUIRE(::inflate(&z_, Z_SYNC_FLUSH) == Z_OK);
    REQUIRE(z_.avail_in == 0);
    output.resize(output.size() - z_.avail_out);
    return output;
  }

 private:
  z_stream z_{};
};

TEST_CASE("a compressed frame is one final frame with RSV1") {
  Deflater deflater(ContextTakeover::no, 15);
  const std::string text = test::chat_text(500);
  const SharedFrame frame = deflater.deflate(Opcode::text, test::as_bytes(text));
  REQUIRE(frame);
  FrameHeader header;
  REQUIRE(decode_frame_header(frame.bytes(), header) == frame.bytes().size() - frame.payload().size());
  CHECK(header == FrameHeader{.fin = true,
                              .rsv = 4,
                              .opcode = Opcode::text,
                              .size = header.size,
                              .payload_length = frame.payload().size()});
  CHECK(frame.opcode() == Opcode::text);
  CHECK(frame.payload().size() < text.size());
  CHECK(PlainZlib(15).inflate(frame.payload(), text.size()) == text);
}

TEST_CASE("without context takeover what does not become smaller is left as it is") {
  Deflater deflater(ContextTakeover::no, 15);
  CHECK_FALSE(deflater.deflate(Opcode::text, {}));
  for (const std::size_t size : {1UL, 5UL, 100UL, 100'000UL}) {
    const std::string text = test::noise(size);
    CHECK_FALSE(deflater.deflate(Opcode::binary, test::as_bytes(text)));
  }
  const std::string text = test::chat_text(300);
  CHECK(deflater.deflate(Opcode::text, test::as_bytes(text)));  // and what was given up leaves no trace
}

TEST_CASE("every window, effort and size: what comes out is read by zlib with that window and nothing else") {
  for (int bits = 9; bits <= 15; ++bits) {
    for (const DeflateEffort effort :
         {DeflateEffort{}, DeflateEffort{1, 1}, DeflateEffort{6, 8}, DeflateEffort{9, 9}}) {
      CAPTURE(bits);
      CAPTURE(effort.level);
      Deflater deflater(ContextTakeover::no, bits, effort);
      for (const std::size_t size : {60UL, 255UL, 256UL, 1000UL, 70'000UL, 300'000UL}) {
        const std::string text = test::chat_text(size);
        const SharedFrame frame = deflater.deflate(Opcode::text, test::as_bytes(text));
        if (!frame) continue;
        CHECK(frame.payload().size() <= text.size());
        CHECK(PlainZlib(bits).inflate(frame.payload(), text.size()) == text);
      }
    }
  }
}

TEST_CASE("with context takeover everything is compressed, and repetition is nearly free") {
  for (int bits = 9; bits <= 15; ++bits) {
    for (const int memory_level : {1, 8, 9}) {
      CAPTURE(bits);
      CAPTURE(memory_level);
      Deflater deflater(ContextTakeover::yes, bits, {.level = 6, .memory_level = memory_level});
      PlainZlib zlib(bits);
      Inflater inflater(ContextTakeover::yes, bits);
      for (unsigned i = 0; i < 40; ++i) {
        const std::size_t size = std::array{1UL, 200UL, 200UL, 5'000UL, 66'000UL}[i % 5];
        const std::string text = i % 3 == 0 ? test::noise(size, i) : test::chat_text(size, i % 2);
        const SharedFrame frame = deflater.deflate(Opcode::text, test::as_bytes(text));
        REQUIRE(frame);
        REQUIRE(zlib.inflate(frame.payload(), text.size()) == text);
        MessageBuffer message;
        REQUIRE(inflater.inflate(frame.payload(), text.size(), message) == Inflater::Result::ok);
        REQUIRE(test::as_text(message.payload()) == text);
      }
    }
  }
  Deflater deflater(ContextTakeover::yes, 15);
  const std::string text = test::chat_text(1000);
  const std::size_t first = deflater.deflate(Opcode::text, test::as_bytes(text)).payload().size();
  const std::size_t second = deflater.deflate(Opcode::text, test::as_bytes(text)).payload().size();
  CHECK(second < first / 4);
}

}  // namespace
}  // namespace sentix::protocol
