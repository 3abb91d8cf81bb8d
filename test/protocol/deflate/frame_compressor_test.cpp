#include "protocol/deflate/frame_compressor.h"

#include <doctest/doctest.h>

#include <string>

#include "test/support/cuts.h"
#include "test/support/deflate_texts.h"

namespace sentix::protocol {
namespace {

SharedFrame frame_of(const std::string& text) {
  return SharedFrame::copy_of(Opcode::text, test::as_bytes(text));
}

TEST_CASE("a frame that many connections send is compressed once for each window") {
  FrameCompressor compressor({});
  const SharedFrame frame = frame_of(test::chat_text(2000));
  const SharedFrame first = compressor.compressed(frame, 15);
  for (int i = 0; i < 1000; ++i) REQUIRE(compressor.compressed(frame, 15).bytes().data() == first.bytes().data());
  CHECK(compressor.compressions() == 1);
  const SharedFrame small = compressor.compressed(frame, 9);
  CHECK(small.bytes().data() != first.bytes().data());
  CHECK(compressor.compressed(frame, 15).bytes().data() == first.bytes().data());
  CHECK(compressor.compressions() == 2);
}

TEST_CASE("another frame has another form, also where its memory is that of one that has gone") {
  FrameCompressor compressor({});
  for (unsigned i = 0; i < 50; ++i) {
    const std::string text = test::chat_text(300, i);
    Deflater reference(ContextTakeover::no, 15);
    CHECK(test::as_text(compressor.compressed(frame_of(text), 15).payload()) ==
          test::as_text(reference.deflate(Opcode::text, test::as_bytes(text)).payload()));
  }
}

TEST_CASE("what does not become smaller goes as it is, and is tried once") {
  FrameCompressor compressor({});
  const SharedFrame frame = frame_of("short");
  for (int i = 0; i < 3; ++i) CHECK(compressor.compressed(frame, 15).bytes().data() == frame.bytes().data());
  CHECK(compressor.compressions() == 1);
}

}  // namespace
}  // namespace sentix::protocol
