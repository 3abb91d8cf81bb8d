#include "core/compression.h"

#include <doctest/doctest.h>

#include <string>

#include "test/support/cuts.h"
#include "test/support/deflate_texts.h"

namespace sentix::core {
namespace {

using protocol::ContextTakeover;
using protocol::Opcode;
using protocol::SharedFrame;

constexpr protocol::ReaderLimits kLimits{.frame_bytes_max = 1 << 20, .message_bytes_max = 1 << 20};

// Connections of one worker.
struct Side {
  explicit Side(SharedCompression& of_worker, std::optional<protocol::DeflateAgreement> agreement = std::nullopt)
      : shared(of_worker), reader(protocol::Role::server, kLimits) {
    if (agreement) compression.agree(*agreement, shared, reader);
  }
  SharedFrame outgoing(const SharedFrame& frame) { return compression.outgoing(frame, shared); }

  SharedCompression& shared;
  protocol::MessageReader reader;
  Compression compression;
};

SharedFrame frame_of(Opcode opcode, const std::string& text) {
  return SharedFrame::copy_of(opcode, test::as_bytes(text));
}

bool same(const SharedFrame& a, const SharedFrame& b) {
  return a.bytes().data() == b.bytes().data();
}

TEST_CASE("a publication to a thousand is compressed once") {
  const DeflateOptions options;
  SharedCompression shared(options);
  const SharedFrame publication = frame_of(Opcode::text, test::chat_text(1000));
  std::vector<std::unique_ptr<Side>> sides;
  for (int i = 0; i < 1000; ++i) sides.push_back(std::make_unique<Side>(shared, protocol::DeflateAgreement{}));
  const SharedFrame form = sides.front()->outgoing(publication);
  CHECK(form.bytes().size() < publication.bytes().size());
  for (const auto& side : sides) REQUIRE(same(side->outgoing(publication), form));
  CHECK(shared.frames.compressions() == 1);
}

TEST_CASE("what is not to be compressed is sent as it is") {
  const DeflateOptions options;
  SharedCompression shared(options);
  Side without(shared);
  Side with(shared, protocol::DeflateAgreement{});
  const SharedFrame large = frame_of(Opcode::text, test::chat_text(1000));
  const SharedFrame small = frame_of(Opcode::text, test::chat_text(options.min_bytes - 1));
  const SharedFrame ping = frame_of(Opcode::ping, std::string(125, 'x'));
  CHECK(same(without.outgoing(large), large));
  CHECK(same(with.outgoing(small), small));
  CHECK(same(with.outgoing(ping), ping));
  CHECK_FALSE(without.compression.outgoing(Opcode::text, large.payload(), shared));
  CHECK_FALSE(with.compression.outgoing(Opcode::text, small.payload(), shared));
  CHECK(with.compression.outgoing(Opcode::text, large.payload(), shared));
}

TEST_CASE("context takeover is each connection's own") {
  const DeflateOptions options;
  SharedCompression shared(options);
  const protocol::DeflateAgreement agreement{.server_context_takeover = ContextTakeover::yes};
  Side first(shared, agreement);
  Side second(shared, agreement);
  const SharedFrame publication = frame_of(Opcode::text, test::chat_text(1000));
  const std::size_t once = first.outgoing(publication).bytes().size();
  CHECK(first.outgoing(publication).bytes().size() < once / 2);
  CHECK(second.outgoing(publication).bytes().size() == once);
  CHECK(shared.frames.compressions() == 0);
}

}  // namespace
}  // namespace sentix::core
