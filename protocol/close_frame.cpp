#include "protocol/close_frame.h"

#include <array>
#include <cassert>
#include <cstring>

#include "protocol/frame_header.h"
#include "protocol/utf8.h"

namespace sentix::protocol {
namespace {

constexpr bool is_continuation_byte(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

CloseStatus parse_close(std::span<const std::byte> payload) {
  if (payload.empty()) {
    return {};
  }
  if (payload.size() < kCloseCodeBytes) {
    return {.violation = Violation::close_payload_of_one_byte};
  }
  const auto code = static_cast<CloseCode>(read_network_order<kCloseCodeBytes>(payload.data()));
  if (!may_be_sent(code)) {
    return {.violation = Violation::close_code_not_allowed};
  }
  const auto reason = payload.subspan(kCloseCodeBytes);
  if (!valid_utf8(reason)) {
    return {.violation = Violation::close_reason_not_utf8};
  }
  return {.code = code, .reason = {reinterpret_cast<const char*>(reason.data()), reason.size()}};
}

SharedFrame close_frame(CloseCode code, std::string_view reason) {
  if (code == CloseCode::no_status) {
    return SharedFrame::copy_of(Opcode::close, {});
  }
  assert(may_be_sent(code));
  const auto number = static_cast<std::uint16_t>(code);
  reason = cut_at_character(reason, kCloseReasonBytesMax);

  std::array<std::byte, kControlPayloadMax> payload;
  payload[0] = static_cast<std::byte>(number >> 8);
  payload[1] = static_cast<std::byte>(number & 0xFF);
  if (!reason.empty()) {
    std::memcpy(&payload[kCloseCodeBytes], reason.data(), reason.size());
  }
  return SharedFrame::copy_of(Opcode::close, std::span(payload).first(kCloseCodeBytes + reason.size()));
}

std::string_view cut_at_character(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) {
    return text;
  }
  std::size_t end = bytes_max;
  while (end > 0 && is_continuation_byte(text[end])) {
    --end;
  }
  return text.substr(0, end);
}

}  // namespace sentix::protocol
