#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/frame_header.h"
#include "protocol/mask.h"
#include "protocol/message_reader.h"
#include "protocol/violation.h"
#include "test/support/cuts.h"

namespace sentix::test {

inline constexpr protocol::MaskingKey kTestKey{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}};

// A stream of frames, as a client (masked) or a server sends it, rules or no rules.
class FrameStream {
 public:
  explicit FrameStream(protocol::Role reader = protocol::Role::server) : masked_(reader == protocol::Role::server) {}

  FrameStream& add(protocol::Opcode opcode, std::string_view payload, bool fin = true) {
    return add({.fin = fin, .opcode = opcode}, payload);
  }

  // Mask, key and length are filled in.
  FrameStream& add(protocol::FrameHeader header, std::string_view payload) {
    header.masked = masked_;
    header.key = masked_ ? kTestKey : protocol::MaskingKey{};
    header.payload_length = payload.size();
    add_header(header);
    const auto bytes = as_bytes(payload);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    protocol::apply_mask(std::span(bytes_).last(payload.size()), header.key);
    return *this;
  }

  FrameStream& add_header(const protocol::FrameHeader& header) {
    std::array<std::byte, protocol::kFrameHeaderBytesMax> encoded;
    return add_bytes(std::span(encoded).first(protocol::encode_frame_header(header, encoded)));
  }

  FrameStream& add_bytes(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }

  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  bool masked_;
  std::vector<std::byte> bytes_;
};

// An event as a line of text: "text hello", "ping ", "close 1000 bye", "violation the opcode is reserved".
inline std::string line_of(const protocol::Incoming& event) {
  using Kind = protocol::Incoming::Kind;
  const std::string payload = as_text(event.payload);
  switch (event.kind) {
    case Kind::need_more:
      return "need more";
    case Kind::message:
      return (event.opcode == protocol::Opcode::text ? "text " : "binary ") + payload;
    case Kind::ping:
      return "ping " + payload;
    case Kind::pong:
      return "pong " + payload;
    case Kind::close:
      return "close " + std::to_string(static_cast<unsigned>(event.close_code)) + " " + payload;
    case Kind::violation:
      return "violation " + std::string(protocol::info(event.violation).text);
  }
  return "unknown";
}

using Transcript = std::vector<std::string>;

// Feeds one piece, from memory of exactly its size so that a sanitizer sees its end, and appends the events.
inline void feed(protocol::MessageReader& reader, std::span<const std::byte> piece, Transcript& transcript) {
  std::vector<std::byte> memory(piece.begin(), piece.end());
  memory.shrink_to_fit();
  std::span<std::byte> input(memory);
  for (auto event = reader.next(input); event.kind != protocol::Incoming::Kind::need_more; event = reader.next(input)) {
    transcript.push_back(line_of(event));
  }
}

// Whether permessage-deflate was negotiated, and how.
struct Compression {
  bool negotiated = false;
  protocol::ContextTakeover takeover = protocol::ContextTakeover::no;
};

inline Transcript transcript_of(protocol::Role role, const protocol::ReaderLimits& limits, const Pieces& pieces,
                                Compression compression = {}) {
  protocol::Inflater inflater(compression.takeover);
  protocol::MessageReader reader(role, limits);
  if (compression.negotiated) {
    reader.use(inflater);
  }
  Transcript transcript;
  for (const auto piece : pieces) {
    feed(reader, piece, transcript);
  }
  return transcript;
}

// The same stream, received as a connection does it: into the reader's own memory wherever it offers that, else `size`
// bytes at a time.
inline Transcript transcript_of_direct(protocol::Role role, const protocol::ReaderLimits& limits,
                                       std::span<const std::byte> stream, std::size_t size,
                                       Compression compression = {}) {
  protocol::Inflater inflater(compression.takeover);
  protocol::MessageReader reader(role, limits);
  if (compression.negotiated) {
    reader.use(inflater);
  }
  Transcript transcript;
  while (!stream.empty()) {
    const auto target = reader.direct_target();
    const std::size_t received = std::min({target.empty() ? size : target.size(), size, stream.size()});
    if (target.empty()) {
      feed(reader, stream.first(received), transcript);
    } else {
      std::copy_n(stream.begin(), received, target.begin());
      reader.direct_received(received);
      feed(reader, {}, transcript);
    }
    stream = stream.subspan(received);
  }
  return transcript;
}

}  // namespace sentix::test
