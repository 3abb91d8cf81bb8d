#include "protocol/message_reader.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <utility>

#include "protocol/close_frame.h"
#include "protocol/mask.h"

namespace sentix::protocol {
namespace {

// A masked frame that is a whole message, and whose length is in its second byte.
constexpr unsigned kWholeText = 0x81;  // FIN, no reserved bits, the opcode
constexpr unsigned kWholeBinary = 0x82;
constexpr unsigned kMaskedBit = 0x80;
constexpr std::uint16_t kShortFragmentsMax = 65535;  // that are counted; as many as there are in 384 KiB
constexpr std::size_t kShortHeaderBytes = frame_header_size(0, true);

std::span<std::byte> take_front(std::span<std::byte>& input, std::size_t size) {
  const auto front = input.first(size);
  input = input.subspan(size);
  return front;
}

// Collects what arrives in pieces and has at most `Max` bytes.
template <std::size_t Max>
class Gathered {
 public:
  // Takes from the front of `input` until there are `wanted` bytes; false where the input ends before that.
  bool fill(std::span<std::byte>& input, std::size_t wanted) {
    const auto piece = take_front(input, std::min(wanted - size_, input.size()));
    std::copy(piece.begin(), piece.end(), bytes_.begin() + size_);
    size_ = static_cast<std::uint8_t>(size_ + piece.size());
    return size_ == wanted;
  }
  std::span<std::byte> bytes() { return std::span(bytes_).first(size_); }
  void clear() { size_ = 0; }

 private:
  std::array<std::byte, Max> bytes_;
  std::uint8_t size_ = 0;
};

}  // namespace

struct MessageReader::Cold {
  explicit Cold(BufferPool* pool) : message(pool) {}

  MessageBuffer message;
  Utf8Validator utf8;            // of the text message that is being assembled
  bool compressed = false;       // the message that is being assembled is
  bool fin = false;              // of the data frame that is being gathered
  Opcode control_opcode{};       // of the control frame that is being gathered
  MaskingKey key{};              // for the next of the missing bytes
  std::uint64_t missing = 0;     // of the payload of the frame that is being gathered
  std::size_t direct_bytes = 0;  // received behind the message, and not looked at yet
  Gathered<kFrameHeaderBytesMax> header;
  Gathered<kControlPayloadMax> control;
  std::uint16_t short_fragments = 0;  // since somebody asked; here it fills a gap
};

MessageReader::MessageReader(Role role, const ReaderLimits& limits) : limits_(&limits), role_(role) {}
MessageReader::~MessageReader() = default;
MessageReader::MessageReader(MessageReader&&) noexcept = default;
MessageReader& MessageReader::operator=(MessageReader&&) noexcept = default;

Incoming MessageReader::next(std::span<std::byte>& input) {
  if (begins_with_short_message(input)) {
    return read_short_message(input);
  }
  return read_any(input);
}

// Not part of next(), which is then short enough to need no room of its own on the stack.
[[gnu::noinline]] Incoming MessageReader::read_any(Input input) {
  Incoming event;
  while (!(stage_ == Stage::between_frames ? read_frame(input, event) : resume(input, event)) && !input.empty()) {
  }
  return event;
}

bool MessageReader::resume(Input input, Incoming& event) {
  switch (stage_) {
    case Stage::between_frames:
      return false;
    case Stage::in_header:
      return read_rest_of_header(input, event);
    case Stage::in_data:
      return gather_data(input, event);
    case Stage::in_control:
      return gather_control(input, event);
    case Stage::delivered:
      release_delivered();
      return false;
    case Stage::done:
      cold_.reset();
      input = {};
      return false;
  }
  return false;
}

// Most frames are whole messages of at most 125 bytes. Two bytes, and the reader's state, tell that such a one keeps to
// every rule of check_frame(); whatever does not is left to read_frame().
inline bool MessageReader::begins_with_short_message(std::span<const std::byte> input) const {
  if (stage_ != Stage::between_frames || inside_message() || role_ != Role::server ||
      input.size() < kShortHeaderBytes) {
    return false;
  }
  const auto first = std::to_integer<unsigned>(input[0]);
  const std::size_t length = std::to_integer<unsigned>(input[1]) - kMaskedBit;
  return (first == kWholeText || first == kWholeBinary) && length <= kShortLengthMax &&
         length <= input.size() - kShortHeaderBytes && length <= limits_->frame_bytes_max &&
         length <= limits_->message_bytes_max;
}

inline Incoming MessageReader::read_short_message(Input input) {
  const auto opcode = static_cast<Opcode>(input[0] & std::byte{0xF});
  const auto payload = input.subspan(kShortHeaderBytes, std::to_integer<unsigned>(input[1]) - kMaskedBit);
  MaskingKey key;
  std::memcpy(key.data(), &input[2], sizeof key);
  input = input.subspan(kShortHeaderBytes + payload.size());
  const bool ascii = apply_mask_seeing_ascii(payload, key);
  if (!ascii && opcode == Opcode::text) {
    return read_short_text(payload);
  }
  return {.kind = Incoming::Kind::message, .opcode = opcode, .in_place = true, .payload = payload};
}

[[gnu::noinline]] Incoming MessageReader::read_short_text(std::span<std::byte> payload) {
  if (!valid_utf8(payload)) {
    return failed(Violation::text_not_utf8);
  }
  return {.kind = Incoming::Kind::message, .opcode = Opcode::text, .in_place = true, .payload = payload};
}

// The way of nearly every frame: it is whole, and is a whole message or a control frame.
[[gnu::always_inline]] inline bool MessageReader::read_frame(Input input, Incoming& event) {
  FrameHeader header;
  if (decode_frame_header(input, header) == 0) {
    if (input.empty()) {
      return false;
    }
    stage_ = Stage::in_header;
    cold().header.clear();
    return read_rest_of_header(input, event);
  }
  if (const auto violation = check(header)) {
    return fail(*violation, event);
  }
  input = input.subspan(header.size);
  const bool stands_alone = header.fin && header.opcode != Opcode::continuation;
  if (header.payload_length > input.size() || !stands_alone || header.rsv != 0) {
    return gather_frame(header, input, event);
  }
  const auto payload = take_front(input, header.payload_length);
  const bool ascii = unmask(payload, header.key);
  if (is_control(header.opcode)) {
    return control_event(header.opcode, payload, event);
  }
  if (header.opcode == Opcode::text && !ascii && !valid_utf8(payload)) {
    return fail(Violation::text_not_utf8, event);
  }
  event.kind = Incoming::Kind::message;
  event.opcode = header.opcode;
  event.in_place = true;
  event.payload = payload;
  return true;
}

bool MessageReader::read_rest_of_header(Input input, Incoming& event) {
  auto& gathered = cold_->header;
  if (gathered.bytes().size() < 2 && !gathered.fill(input, 2)) {
    return false;
  }
  if (!gathered.fill(input, announced_header_size(gathered.bytes()[1]))) {
    return false;
  }
  FrameHeader header;
  decode_frame_header(gathered.bytes(), header);
  if (const auto violation = check(header)) {
    return fail(*violation, event);
  }
  return gather_frame(header, input, event);
}

// A frame that is cut, a fragment or compressed: its payload is collected in memory of our own.
bool MessageReader::gather_frame(FrameHeader header, Input input, Incoming& event) {
  if (header.rsv != 0 && header.fin && header.payload_length <= input.size()) {
    return inflate_frame(header, input, event);
  }
  Cold& gathered = cold();
  gathered.missing = header.payload_length;
  gathered.key = header.key;
  if (is_control(header.opcode)) {
    stage_ = Stage::in_control;
    gathered.control_opcode = header.opcode;
    gathered.control.clear();
    return gather_control(input, event);
  }
  stage_ = Stage::in_data;
  gathered.fin = header.fin;
  if (header.opcode != Opcode::continuation) {
    message_opcode_ = header.opcode;
    gathered.compressed = header.rsv != 0;
  } else if (header.payload_length <= kShortFragmentBytesMax && gathered.short_fragments < kShortFragmentsMax) {
    ++gathered.short_fragments;
  }
  return gather_data(input, event);
}

// A compressed message that is one frame, which lies whole in the input.
bool MessageReader::inflate_frame(FrameHeader header, Input input, Incoming& event) {
  const auto compressed = take_front(input, header.payload_length);
  unmask(compressed, header.key);
  message_opcode_ = header.opcode;
  cold();
  return end_compressed_message(compressed, event);
}

bool MessageReader::gather_control(Input input, Incoming& event) {
  auto& gathered = cold_->control;
  if (!gathered.fill(input, cold_->missing)) {
    return false;
  }
  stage_ = Stage::delivered;
  unmask(gathered.bytes(), cold_->key);
  return control_event(cold_->control_opcode, gathered.bytes(), event);
}

bool MessageReader::gather_data(Input input, Incoming& event) {
  Cold& gathered = *cold_;
  if (const std::size_t size = std::exchange(gathered.direct_bytes, 0); size > 0) {
    return accept_data(gathered.message.extend(size), event);
  }
  // Only the last frame tells how long the message becomes.
  const std::size_t size_with_frame = gathered.message.size() + gathered.missing;
  const std::size_t size_max = gathered.fin ? size_with_frame : std::max(size_with_frame, limits_->message_bytes_max);
  const auto piece = take_front(input, std::min<std::uint64_t>(gathered.missing, input.size()));
  return accept_data(gathered.message.append(piece, size_max), event);
}

bool MessageReader::accept_data(std::span<std::byte> arrived, Incoming& event) {
  Cold& gathered = *cold_;
  const bool ascii = unmask(arrived, gathered.key) && gathered.utf8.complete();
  gathered.key = advanced(gathered.key, arrived.size());
  gathered.missing -= arrived.size();
  if (message_opcode_ == Opcode::text && !gathered.compressed && !ascii && !gathered.utf8.feed(arrived)) {
    return fail(Violation::text_not_utf8, event);
  }
  if (gathered.missing > 0) {
    return false;
  }
  stage_ = Stage::between_frames;
  return gathered.fin && end_message(event);
}

bool MessageReader::end_message(Incoming& event) {
  if (cold_->compressed) {
    MessageBuffer compressed = std::exchange(cold_->message, MessageBuffer(limits_->memory));
    return end_compressed_message(compressed.payload(), event);
  }
  if (!cold_->utf8.complete()) {
    return fail(Violation::text_not_utf8, event);
  }
  return deliver_message(event);
}

bool MessageReader::end_compressed_message(std::span<const std::byte> compressed, Incoming& event) {
  cold_->compressed = false;
  switch (inflater_->inflate(compressed, limits_->message_bytes_max, cold_->message)) {
    case Inflater::Result::ok:
      break;
    case Inflater::Result::too_large:
      return fail(Violation::message_too_large, event);
    case Inflater::Result::invalid:
      return fail(Violation::bad_compressed_data, event);
  }
  if (message_opcode_ == Opcode::text && !valid_utf8(cold_->message.payload())) {
    return fail(Violation::text_not_utf8, event);
  }
  return deliver_message(event);
}

bool MessageReader::deliver_message(Incoming& event) {
  stage_ = Stage::delivered;
  event = {.kind = Incoming::Kind::message,
           .opcode = std::exchange(message_opcode_, Opcode::continuation),
           .payload = cold_->message.payload()};
  return true;
}

bool MessageReader::control_event(Opcode opcode, std::span<std::byte> payload, Incoming& event) {
  if (opcode != Opcode::close) {
    const auto kind = opcode == Opcode::ping ? Incoming::Kind::ping : Incoming::Kind::pong;
    event = {.kind = kind, .opcode = opcode, .payload = payload};
    return true;
  }
  const CloseStatus status = parse_close(payload);
  if (status.violation) {
    return fail(*status.violation, event);
  }
  stage_ = Stage::done;
  event = {.kind = Incoming::Kind::close,
           .opcode = opcode,
           .close_code = status.code,
           .payload = payload.last(status.reason.size())};
  return true;
}

// RFC 6455 §7.1.7: what follows is not looked at any more.
Incoming MessageReader::failed(Violation violation) {
  stage_ = Stage::done;
  cold_.reset();
  return {.kind = Incoming::Kind::violation, .violation = violation};
}

bool MessageReader::fail(Violation violation, Incoming& event) {
  event = failed(violation);
  return true;
}

inline std::optional<Violation> MessageReader::check(const FrameHeader& header) const {
  return check_frame(header, {.role = role_,
                              .compression = inflater_ != nullptr,
                              .inside_message = inside_message(),
                              .compressed = inside_message() && cold_->compressed,
                              .message_bytes = inside_message() ? cold_->message.size() : 0,
                              .limits = *limits_});
}

// True where the payload was seen to be ASCII. A server's frames are not masked (§5.1), which check() has seen to.
inline bool MessageReader::unmask(std::span<std::byte> payload, MaskingKey key) const {
  return role_ == Role::server && apply_mask_seeing_ascii(payload, key);
}

MessageReader::Cold& MessageReader::cold() {
  if (!cold_) {
    cold_ = std::make_unique<Cold>(limits_->memory);
  }
  return *cold_;
}

// A control frame may have been delivered in the middle of a message, which stays.
void MessageReader::release_delivered() {
  stage_ = Stage::between_frames;
  if (!inside_message()) {
    cold_.reset();
  }
}

std::span<std::byte> MessageReader::direct_target() {
  if (stage_ != Stage::in_data || cold_->missing < kDirectBytesMin) {
    return {};
  }
  return cold_->message.free_space(cold_->missing);
}

void MessageReader::direct_received(std::size_t size) {
  assert(stage_ == Stage::in_data && size <= cold_->missing);
  cold_->direct_bytes = size;
}

MessageBuffer MessageReader::take_message() {
  assert(stage_ == Stage::delivered && !inside_message());
  return std::move(cold_->message);
}

std::uint32_t MessageReader::take_short_fragments() {
  return cold_ ? std::exchange(cold_->short_fragments, std::uint16_t{0}) : 0;
}

std::size_t MessageReader::buffered_bytes() const {
  return cold_ ? sizeof(Cold) + cold_->message.capacity() : 0;
}

}  // namespace sentix::protocol
