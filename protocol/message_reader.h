#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "protocol/close_code.h"
#include "protocol/deflate/inflater.h"
#include "protocol/frame_header.h"
#include "protocol/frame_rules.h"
#include "protocol/message_buffer.h"
#include "protocol/opcode.h"
#include "protocol/utf8.h"
#include "protocol/violation.h"

namespace sentix::protocol {

// What MessageReader::next() found. Which members say something depends on `kind`.
struct Incoming {
  enum class Kind : std::uint8_t {
    need_more,  // the input is used up
    message,    // a whole text or binary message: `opcode`, `payload`, `in_place`
    ping,       // `payload` is to be sent back in a pong
    pong,       // `payload`
    close,      // `close_code` (no_status where the frame had none); `payload` is the reason, valid UTF-8
    violation,  // `violation`
  };

  Kind kind = Kind::need_more;
  Opcode opcode = Opcode::continuation;
  // The message was one frame that lay whole in the input, and the payload still lies there, behind its own header: a
  // server may write an unmasked header in front of it and send from there, see prepend_frame_header(). Where false,
  // the message's memory can be had from take_message().
  bool in_place = false;
  Violation violation{};
  CloseCode close_code = CloseCode::no_status;
  // Unmasked, and the caller's to change. It lies in the input where the frame was whole there, else in memory of the
  // reader: valid until the next call on the reader, or until the input's memory is used again.
  std::span<std::byte> payload{};
};

// The receiving half of one WebSocket connection after the handshake (RFC 6455 §5 to §8): bytes in, messages and
// control frames out. Every frame goes three ways that are kept apart: its header is decoded (frame_header.h), held
// against the rules (frame_rules.h), and moves the message on (here). Payloads are unmasked in the input; the text of
// text messages is validated as it arrives.
//
//   std::span<std::byte> input = what recv() brought;
//   for (Incoming event = reader.next(input); event.kind != Incoming::Kind::need_more; event = reader.next(input)) {
//     act on the event;
//   }
//
// The events are the same however the stream is cut, except for `in_place`. A message that lies whole in the input is
// neither copied nor does it cost an allocation. One that is cut or fragmented is assembled in memory that grows with
// what has arrived; a control frame, or a header, that is cut is kept aside. Between messages a reader owns no memory,
// once next() has said need_more.
//
// After `close` and `violation` the reader is done: whatever follows is discarded unseen. It does not answer anything:
// pongs, the close frame in return, and failing the connection are the caller's.
//
// Where permessage-deflate was negotiated (use()), compressed messages are collected like fragmented ones and
// decompressed at their end, and then they are bounded and validated as others are: who begins one and stops makes us
// hold what he sent, and nothing else.
//
// Belongs to one thread. Throws nothing but std::bad_alloc.
class MessageReader {
 public:
  // Fewer missing bytes than this are not worth a read of their own.
  static constexpr std::size_t kDirectBytesMin = 16 * 1024;

  // A fragment of so many bytes at most is short.
  static constexpr std::size_t kShortFragmentBytesMax = 125;

  // Borrows `limits`, which outlive the reader. Changed limits hold for the next frame.
  MessageReader(Role role, const ReaderLimits& limits);
  ~MessageReader();
  MessageReader(MessageReader&&) noexcept;
  MessageReader& operator=(MessageReader&&) noexcept;

  // Permessage-deflate was negotiated: from now on messages may be compressed. Borrows `inflater`, which outlives the
  // last call of next().
  void use(Inflater& inflater) { inflater_ = &inflater; }

  // Consumes from the front of `input` up to the end of the next event. Where the answer is need_more, all of it was
  // consumed.
  Incoming next(std::span<std::byte>& input);

  // Where the next bytes from the peer may be received instead of into the input, so that the rest of a large message
  // is not copied: not empty only while kDirectBytesMin or more bytes of a data frame are missing, after next() said
  // need_more. Valid until the next call.
  std::span<std::byte> direct_target();

  // The first `size` bytes of direct_target() have been received. The caller goes on with next() and an empty input.
  void direct_received(std::size_t size);

  // Right after a message that is not in_place: gives away the memory it was assembled in, with its payload. The
  // event's span stays valid as long as that.
  MessageBuffer take_message();

  // The connection's incoming side has ended, by a close frame or a violation.
  [[nodiscard]] bool done() const { return stage_ == Stage::done; }

  // How many short frames there were since the last call that continue a message: such a frame takes as long to read as
  // a message, and an endless row of empty ones is no message yet. To be asked after each message, and after need_more;
  // at most 65535 are counted.
  std::uint32_t take_short_fragments();

  // Memory that the reader holds at the moment besides itself.
  [[nodiscard]] std::size_t buffered_bytes() const;

 private:
  enum class Stage : std::uint8_t {
    between_frames,
    in_header,   // which is cut; its beginning is in cold_
    in_data,     // in the payload of a data frame that is gathered in cold_
    in_control,  // in the payload of a control frame that is gathered in cold_
    delivered,   // the last event's payload is in cold_ and may be released
    done,
  };
  struct Cold;

  // The steps: each uses up the input, or finds the event and returns true, or comes to a place where another step
  // begins.
  using Input = std::span<std::byte>&;
  [[nodiscard]] bool begins_with_short_message(std::span<const std::byte> input) const;
  Incoming read_short_message(Input input);
  Incoming read_short_text(std::span<std::byte> payload);
  Incoming read_any(Input input);
  bool read_frame(Input input, Incoming& event);
  bool resume(Input input, Incoming& event);
  bool read_rest_of_header(Input input, Incoming& event);
  bool gather_frame(FrameHeader header, Input input, Incoming& event);
  bool inflate_frame(FrameHeader header, Input input, Incoming& event);
  bool gather_control(Input input, Incoming& event);
  bool gather_data(Input input, Incoming& event);
  bool accept_data(std::span<std::byte> arrived, Incoming& event);
  bool end_message(Incoming& event);
  bool end_compressed_message(std::span<const std::byte> compressed, Incoming& event);
  bool deliver_message(Incoming& event);
  bool control_event(Opcode opcode, std::span<std::byte> payload, Incoming& event);
  Incoming failed(Violation violation);
  bool fail(Violation violation, Incoming& event);

  [[nodiscard]] std::optional<Violation> check(const FrameHeader& header) const;
  [[nodiscard]] bool inside_message() const { return message_opcode_ != Opcode::continuation; }
  bool unmask(std::span<std::byte> payload, MaskingKey key) const;
  Cold& cold();
  void release_delivered();

  const ReaderLimits* limits_;
  Inflater* inflater_ = nullptr;  // null: no compression was negotiated
  std::unique_ptr<Cold> cold_;    // only while something is cut, fragmented, or delivered from it
  Role role_;
  Stage stage_ = Stage::between_frames;
  Opcode message_opcode_ = Opcode::continuation;  // of the message that is being assembled; continuation: there is none
};

static_assert(sizeof(void*) != 8 || sizeof(MessageReader) <= 32, "every idle connection has one");

}  // namespace sentix::protocol
