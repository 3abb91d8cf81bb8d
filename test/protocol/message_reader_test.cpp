#include "protocol/message_reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "test/support/cuts.h"
#include "test/support/frame_stream.h"
#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

using test::as_text;
using test::bytes_of;
using test::feed;
using test::FrameStream;
using test::Transcript;
using Kind = Incoming::Kind;

constexpr std::size_t kMiB = 1 << 20;
constexpr ReaderLimits kLimits{.frame_bytes_max = 4 * kMiB, .message_bytes_max = 4 * kMiB};

// The events of a stream, which are the same however it is cut.
Transcript read(const FrameStream& stream, Role role = Role::server, const ReaderLimits& limits = kLimits,
                test::Compression compression = {}) {
  const Transcript whole = test::transcript_of(role, limits, {stream.bytes()}, compression);
  test::for_each_cut(stream.bytes(), [&](const test::Pieces& pieces) {
    REQUIRE(test::transcript_of(role, limits, pieces, compression) == whole);
  });
  return whole;
}

// The same where permessage-deflate was negotiated.
Transcript read_compressed(const FrameStream& stream, ContextTakeover takeover = ContextTakeover::no,
                           const ReaderLimits& limits = kLimits, Role role = Role::server) {
  return read(stream, role, limits, {.negotiated = true, .takeover = takeover});
}

Transcript violation(Violation violation) {
  return {"violation " + std::string(info(violation).text)};
}

TEST_CASE("whole messages and control frames, for both roles") {
  for (const Role role : {Role::server, Role::client}) {
    FrameStream stream(role);
    stream.add(Opcode::text, "hello")
        .add(Opcode::ping, "are you there")
        .add(Opcode::binary, std::string("\x00\xFF\x80", 3))
        .add(Opcode::text, "")
        .add(Opcode::pong, "")
        .add(Opcode::text, std::string(126, 'm'))
        .add(Opcode::binary, "");
    CHECK(read(stream, role) == Transcript{"text hello", "ping are you there",
                                           "binary " + std::string("\x00\xFF\x80", 3), "text ", "pong ",
                                           "text " + std::string(126, 'm'), "binary "});
  }
}

TEST_CASE("fragments become one message, with control frames in between") {
  FrameStream stream;
  stream.add(Opcode::text, "one ", false)
      .add(Opcode::ping, "1")
      .add(Opcode::continuation, "", false)
      .add(Opcode::continuation, "two ", false)
      .add(Opcode::pong, "2")
      .add(Opcode::ping, "3")
      .add(Opcode::continuation, "three")
      .add(Opcode::binary, "", false)
      .add(Opcode::continuation, "", true)
      .add(Opcode::text, "next");
  CHECK(read(stream) == Transcript{"ping 1", "pong 2", "ping 3", "text one two three", "binary ", "text next"});
}

TEST_CASE("short fragments are counted until somebody asks, also of a message that has not ended") {
  FrameStream stream;
  stream.add(Opcode::text, "", false);
  for (int i = 0; i < 5; ++i) stream.add(Opcode::continuation, "", false);
  const std::size_t until_here = stream.bytes().size();
  stream.add(Opcode::ping, "")
      .add(Opcode::continuation, std::string(125, 'x'), false)
      .add(Opcode::continuation, std::string(126, 'x'), false)
      .add(Opcode::continuation, "")
      .add(Opcode::text, "whole");
  MessageReader reader(Role::server, kLimits);
  std::vector<std::byte> bytes = stream.bytes();
  std::span<std::byte> beginning = std::span(bytes).first(until_here);
  CHECK(reader.next(beginning).kind == Kind::need_more);
  CHECK(reader.take_short_fragments() == 5);
  CHECK(reader.take_short_fragments() == 0);
  std::span<std::byte> rest = std::span(bytes).subspan(until_here);
  CHECK(reader.next(rest).kind == Kind::ping);
  CHECK(reader.take_short_fragments() == 0);
  CHECK(reader.next(rest).kind == Kind::message);
  CHECK(reader.take_short_fragments() == 2);
  CHECK(reader.next(rest).kind == Kind::message);
  CHECK(reader.take_short_fragments() == 0);
}

constexpr std::string_view kHello("\xF2\x48\xCD\xC9\xC9\x07\x00", 7);  // "Hello", RFC 7692 §7.2.3.1
constexpr FrameHeader kCompressedText{.rsv = kRsv1, .opcode = Opcode::text};
constexpr FrameHeader kCompressedBegin{.fin = false, .rsv = kRsv1, .opcode = Opcode::text};

TEST_CASE("compressed messages: whole, fragmented, between others, with control frames in between, for both roles") {
  for (const Role role : {Role::server, Role::client}) {
    FrameStream stream(role);
    stream.add(Opcode::text, "plain")
        .add(kCompressedText, kHello)
        .add(kCompressedBegin, kHello.substr(0, 1))
        .add(Opcode::ping, "p")
        .add(Opcode::continuation, "", false)
        .add(Opcode::continuation, kHello.substr(1, 4), false)
        .add(Opcode::continuation, kHello.substr(5))
        .add({.rsv = kRsv1, .opcode = Opcode::binary}, kHello)
        .add(kCompressedText, std::string_view("\0", 1))
        .add(kCompressedBegin, kHello)
        .add(Opcode::continuation, "")
        .add(Opcode::binary, "plain again", false)
        .add(Opcode::continuation, "!");
    CHECK(read_compressed(stream, ContextTakeover::no, kLimits, role) ==
          Transcript{"text plain", "text Hello", "ping p", "text Hello", "binary Hello", "text ", "text Hello",
                     "binary plain again!"});
  }
}

TEST_CASE("with context takeover a message refers to the one before it") {
  FrameStream stream;
  stream.add(kCompressedText, kHello).add(kCompressedText, std::string_view("\xF2\x00\x11\x00\x00", 5));
  CHECK(read_compressed(stream, ContextTakeover::yes) == Transcript{"text Hello", "text Hello"});
  CHECK(read_compressed(stream, ContextTakeover::no) ==
        Transcript{"text Hello", violation(Violation::bad_compressed_data).front()});
}

TEST_CASE("a compressed message may be wrong") {
  CHECK(read(FrameStream().add(kCompressedText, kHello)) == violation(Violation::reserved_bits));
  CHECK(read_compressed(FrameStream().add(kCompressedText, "Hello")) == violation(Violation::bad_compressed_data));
  CHECK(read_compressed(FrameStream().add(kCompressedBegin, kHello).add({.rsv = kRsv1}, "")) ==
        violation(Violation::reserved_bits));
  CHECK(read_compressed(FrameStream().add({.rsv = kRsv1, .opcode = Opcode::ping}, "")) ==
        violation(Violation::reserved_bits));
  const std::string_view not_utf8("\x00\x02\x00\xFD\xFF\xC3\x28\x00", 8);  // a stored block
  CHECK(read_compressed(FrameStream().add(kCompressedText, not_utf8)) == violation(Violation::text_not_utf8));
  CHECK(read_compressed(FrameStream().add({.rsv = kRsv1, .opcode = Opcode::binary}, not_utf8)) ==
        Transcript{"binary \xC3\x28"});
}

TEST_CASE("the limit is that of the message, not of its compressed form") {
  const ReaderLimits limits{.frame_bytes_max = 4, .message_bytes_max = 4};
  CHECK(read_compressed(FrameStream().add(kCompressedText, kHello), ContextTakeover::no, limits) ==
        violation(Violation::message_too_large));
  const ReaderLimits enough{.frame_bytes_max = 5, .message_bytes_max = 5};
  CHECK(read_compressed(FrameStream().add(kCompressedText, kHello), ContextTakeover::no, enough) ==
        Transcript{"text Hello"});
}

TEST_CASE("a decompressed message can be taken") {
  Inflater inflater(ContextTakeover::no);
  MessageReader reader(Role::server, kLimits);
  reader.use(inflater);
  auto bytes = FrameStream().add(kCompressedText, kHello).bytes();
  std::span<std::byte> input(bytes);
  const Incoming event = reader.next(input);
  REQUIRE(event.kind == Kind::message);
  CHECK_FALSE(event.in_place);
  MessageBuffer message = reader.take_message();
  CHECK(as_text(message.payload()) == "Hello");
  CHECK(reader.next(input).kind == Kind::need_more);
  CHECK(reader.buffered_bytes() == 0);
}

TEST_CASE("frames of every form of length") {
  FrameStream stream;
  Transcript expected;
  for (const std::size_t size : {125, 126, 127, 65535, 65536, 70000}) {
    stream.add(Opcode::binary, std::string(size, 'l'));
    expected.push_back("binary " + std::string(size, 'l'));
  }
  for (const std::size_t piece : {997UL, 16384UL, stream.bytes().size()}) {
    CHECK(test::transcript_of(Role::server, kLimits, test::pieces_of(stream.bytes(), piece)) == expected);
  }
}

TEST_CASE("after a close frame nothing is looked at") {
  FrameStream stream;
  stream.add(Opcode::text, "last")
      .add(Opcode::close,
           "\x03\xE8"
           "bye")
      .add(Opcode::text, "\xFF")
      .add(Opcode::text, "more");
  CHECK(read(stream) == Transcript{"text last", "close 1000 bye"});
  CHECK(read(FrameStream().add(Opcode::close, "")) == Transcript{"close 1005 "});
  CHECK(read(FrameStream().add(Opcode::text, "un", false).add(Opcode::close, "\x0F\xA1")) == Transcript{"close 4001 "});
}

TEST_CASE("a close frame may be wrong") {
  CHECK(read(FrameStream().add(Opcode::close, "\x03")) == violation(Violation::close_payload_of_one_byte));
  CHECK(read(FrameStream().add(Opcode::close, "\x03\xED")) == violation(Violation::close_code_not_allowed));
  CHECK(read(FrameStream().add(Opcode::close, "\x03\xE8\xC0")) == violation(Violation::close_reason_not_utf8));
}

TEST_CASE("each rule of the header ends the stream, also where the frame's payload never comes") {
  const auto only_header = [](FrameHeader header) {
    header.masked = true;
    header.key = test::kTestKey;
    return FrameStream().add_header(header);
  };
  CHECK(read(only_header({.rsv = 4, .opcode = Opcode::text, .payload_length = 9})) ==
        violation(Violation::reserved_bits));
  CHECK(read(only_header({.opcode = static_cast<Opcode>(3)})) == violation(Violation::reserved_opcode));
  CHECK(read(only_header({.opcode = static_cast<Opcode>(15)})) == violation(Violation::reserved_opcode));
  CHECK(read(only_header({.fin = false, .opcode = Opcode::ping, .payload_length = 9})) ==
        violation(Violation::control_fragmented));
  CHECK(read(only_header({.opcode = Opcode::pong, .payload_length = 126})) == violation(Violation::control_too_long));
  CHECK(read(only_header({.opcode = Opcode::continuation, .payload_length = 9})) ==
        violation(Violation::continuation_of_nothing));
  CHECK(read(only_header({.opcode = Opcode::binary, .payload_length = 4 * kMiB + 1})) ==
        violation(Violation::frame_too_large));
  CHECK(read(only_header({.opcode = Opcode::binary, .payload_length = 1ULL << 63})) ==
        violation(Violation::length_over_63_bits));
  CHECK(read(FrameStream().add_bytes(bytes_of({0x82, 0xFE, 0, 5, 0, 0, 0, 0}))) ==
        violation(Violation::length_not_minimal));
  CHECK(read(FrameStream(Role::client).add(Opcode::text, "hi")) == violation(Violation::unmasked_frame));
  CHECK(read(FrameStream(Role::server).add(Opcode::text, "hi"), Role::client) == violation(Violation::masked_frame));
  CHECK(read(FrameStream().add(Opcode::text, "a", false).add(Opcode::text, "b")) ==
        violation(Violation::message_inside_message));
}

TEST_CASE("a message over its limit is refused at the header that takes it there") {
  const ReaderLimits limits{.frame_bytes_max = 10, .message_bytes_max = 15};
  FrameStream stream;
  stream.add(Opcode::binary, "0123456789", false).add(Opcode::continuation, "abcde");
  CHECK(read(stream, Role::server, limits) == Transcript{"binary 0123456789abcde"});
  stream.add(Opcode::binary, "0123456789", false).add(Opcode::continuation, "", false);
  stream.add_header({.opcode = Opcode::continuation, .masked = true, .payload_length = 6});
  CHECK(read(stream, Role::server, limits) ==
        Transcript{"binary 0123456789abcde", violation(Violation::message_too_large).front()});
}

TEST_CASE("text is UTF-8, its characters cut by frames anywhere") {
  const std::string text = "zażółć 日本 😀!";
  FrameStream stream;
  for (std::size_t at = 0; at < text.size(); ++at) {
    stream.add(at == 0 ? Opcode::text : Opcode::continuation, text.substr(at, 1), at + 1 == text.size());
  }
  CHECK(read(stream) == Transcript{"text " + text});
  CHECK(read(FrameStream().add(Opcode::text, "\xE2\x82")) == violation(Violation::text_not_utf8));
  CHECK(read(FrameStream().add(Opcode::text, "\xE2\x82", false).add(Opcode::continuation, "")) ==
        violation(Violation::text_not_utf8));
  CHECK(read(FrameStream().add(Opcode::text, "fine \xED\xA0\x80")) == violation(Violation::text_not_utf8));
  CHECK(read(FrameStream().add(Opcode::binary, "\xFF\xFE")) == Transcript{"binary \xFF\xFE"});
}

TEST_CASE("text that cannot become valid is refused inside of its frame, at the byte that shows it") {
  FrameStream stream;
  stream.add(Opcode::text, "ab\xF4\x90 and then a lot more that is never sent");
  const std::size_t shown = frame_header_size(30, true) + 4;
  MessageReader reader(Role::server, kLimits);
  Transcript transcript;
  for (std::size_t at = 0; at + 1 < shown; ++at) {
    feed(reader, std::span(stream.bytes()).subspan(at, 1), transcript);
    REQUIRE(transcript.empty());
  }
  feed(reader, std::span(stream.bytes()).subspan(shown - 1, 1), transcript);
  CHECK(transcript == violation(Violation::text_not_utf8));
  CHECK(reader.done());
}

TEST_CASE("a whole message stays where it came, behind room for the header of an answer") {
  FrameStream stream;
  stream.add(Opcode::text, std::string(300, 'e'));
  auto bytes = stream.bytes();
  std::span<std::byte> input(bytes);
  MessageReader reader(Role::server, kLimits);
  const Incoming event = reader.next(input);
  CHECK(event.in_place);
  CHECK(event.payload.data() == bytes.data() + 8);
  CHECK(input.empty());
  CHECK(reader.buffered_bytes() == 0);
  const auto answer = prepend_frame_header(event.opcode, event.payload);
  CHECK(answer.size() == 304);
  CHECK(as_text(answer.first(4)) == std::string("\x81\x7E\x01\x2C", 4));
  CHECK(reader.next(input).kind == Kind::need_more);
}

TEST_CASE("an assembled message can be taken away, and sent on") {
  FrameStream stream;
  stream.add(Opcode::text, "take ", false).add(Opcode::continuation, "me").add(Opcode::text, "next");
  auto bytes = stream.bytes();
  std::span<std::byte> input(bytes);
  MessageReader reader(Role::server, kLimits);
  const Incoming event = reader.next(input);
  CHECK_FALSE(event.in_place);
  MessageBuffer message = reader.take_message();
  CHECK(message.payload().data() == event.payload.data());
  CHECK(test::line_of(reader.next(input)) == "text next");
  CHECK(as_text(message.payload()) == "take me");
  CHECK(as_text(message.frame(Opcode::text)) == "\x81\x07take me");
}

TEST_CASE("a reader owns memory only while something is unfinished") {
  FrameStream stream;
  stream.add(Opcode::text, "fragment", false)
      .add(Opcode::ping, "p")
      .add(Opcode::continuation, "end")
      .add(Opcode::pong, "q");
  MessageReader reader(Role::server, kLimits);
  Transcript transcript;
  for (const auto piece : test::pieces_of(stream.bytes(), 1)) {
    feed(reader, piece, transcript);
    REQUIRE(reader.buffered_bytes() < 5000);
  }
  CHECK(transcript.size() == 3);
  CHECK(reader.buffered_bytes() == 0);

  feed(reader, FrameStream().add(Opcode::text, "begun", false).bytes(), transcript);
  CHECK(reader.buffered_bytes() > 0);
  feed(reader, FrameStream().add(Opcode::text, "wrong").bytes(), transcript);
  CHECK(reader.buffered_bytes() == 0);
}

TEST_CASE("memory follows what has arrived, not what was announced") {
  FrameStream stream;
  stream.add_header({.opcode = Opcode::binary, .masked = true, .payload_length = 4 * kMiB});
  stream.add_bytes(std::vector<std::byte>(5000));
  MessageReader reader(Role::server, kLimits);
  Transcript transcript;
  feed(reader, stream.bytes(), transcript);
  CHECK(reader.buffered_bytes() < 6000);
  CHECK(reader.direct_target().size() <= 8192);
  CHECK(reader.buffered_bytes() < 11000);
}

TEST_CASE("the rest of a large message is received straight into its buffer") {
  std::string text;
  while (text.size() < 300'000) {
    text += "ascii and 日本語 ";
  }
  for (const Role role : {Role::server, Role::client}) {
    FrameStream stream(role);
    stream.add(Opcode::text, text.substr(0, 100'001), false)
        .add(Opcode::ping, "p")
        .add(Opcode::continuation, text.substr(100'001));
    stream.add(Opcode::text, "small");
    for (const std::size_t size : {1000UL, 4099UL, 65536UL, kMiB}) {
      CAPTURE(size);
      CHECK(test::transcript_of_direct(role, kLimits, stream.bytes(), size) ==
            Transcript{"ping p", "text " + text, "text small"});
    }
  }
}

TEST_CASE("nothing is received directly where little is missing, or nothing") {
  MessageReader reader(Role::server, kLimits);
  CHECK(reader.direct_target().empty());
  FrameStream stream;
  stream.add(Opcode::binary, std::string(MessageReader::kDirectBytesMin + 10, 'x'));
  const std::span<const std::byte> bytes = stream.bytes();
  const std::size_t header = frame_header_size(MessageReader::kDirectBytesMin, true);
  Transcript transcript;
  feed(reader, bytes.first(header + 10), transcript);
  CHECK(reader.direct_target().size() >= 4096);
  feed(reader, bytes.subspan(header + 10, 1), transcript);
  CHECK(reader.direct_target().empty());
  feed(reader, bytes.subspan(header + 11), transcript);
  CHECK(transcript.size() == 1);
  CHECK(reader.direct_target().empty());
}

TEST_CASE("text received directly fails fast as well") {
  FrameStream stream;
  stream.add(Opcode::text, std::string(30'000, 'x') + '\xFF' + std::string(100'000, 'x'));
  const std::span<const std::byte> until_shown = std::span(stream.bytes()).first(14 + 40'000);
  CHECK(test::transcript_of_direct(Role::server, kLimits, until_shown, 5000) == violation(Violation::text_not_utf8));
}

TEST_CASE("65,536 fragments of one 4 MiB message arrive whole, with memory that grew by doubling") {
  FrameStream stream;
  const std::string piece(64, 'f');
  for (int i = 0; i < 65536; ++i) {
    stream.add(i == 0 ? Opcode::binary : Opcode::continuation, piece, i == 65535);
  }
  MessageReader reader(Role::server, kLimits);
  std::vector<std::byte> bytes = stream.bytes();
  std::size_t growths = 0;
  std::size_t memory = 0;
  for (std::span<std::byte> rest(bytes); !rest.empty();) {
    std::span<std::byte> input = rest.first(std::min<std::size_t>(rest.size(), 7000));
    rest = rest.subspan(input.size());
    const Incoming event = reader.next(input);
    growths += reader.buffered_bytes() != memory ? 1 : 0;
    memory = reader.buffered_bytes();
    CHECK((event.kind == Kind::message) == rest.empty());
    CHECK(event.payload.size() == (rest.empty() ? 4 * kMiB : 0));
  }
  CHECK(growths <= 11);
}

TEST_CASE("limits may change under a message") {
  ReaderLimits limits{.frame_bytes_max = 100'000, .message_bytes_max = 100'000};
  MessageReader reader(Role::server, limits);
  FrameStream stream;
  stream.add(Opcode::binary, std::string(50'000, 'x'), false).add(Opcode::continuation, "y");
  const std::span<const std::byte> bytes = stream.bytes();
  Transcript transcript;
  feed(reader, bytes.first(20'000), transcript);
  limits = {.frame_bytes_max = 10, .message_bytes_max = 10};
  feed(reader, bytes.subspan(20'000), transcript);
  CHECK(transcript == violation(Violation::message_too_large));
}

TEST_CASE("a reader can be moved in the middle of a message") {
  FrameStream stream;
  stream.add(Opcode::text, "half and half");
  MessageReader first(Role::server, kLimits);
  Transcript transcript;
  feed(first, std::span(stream.bytes()).first(10), transcript);
  MessageReader second = std::move(first);
  feed(second, std::span(stream.bytes()).subspan(10), transcript);
  CHECK(transcript == Transcript{"text half and half"});
}

TEST_CASE("nothing behind the input is read") {
  FrameStream stream;
  stream.add(Opcode::text, "ascii, 日本語", false)
      .add(Opcode::ping, "p")
      .add(Opcode::continuation, std::string(200, 'g'));
  stream.add(Opcode::text, "a short one");
  for (std::size_t size = 0; size <= stream.bytes().size(); ++size) {
    const test::GuardedBytes memory(std::span(stream.bytes()).first(size));
    MessageReader reader(Role::server, kLimits);
    std::span<std::byte> input = memory.span();
    Incoming event;
    do {
      event = reader.next(input);
      REQUIRE(event.kind != Kind::violation);
    } while (event.kind != Kind::need_more);
    REQUIRE(input.empty());
  }
}

}  // namespace
}  // namespace sentix::protocol
