#include "core/arguments.h"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "protocol/json_syntax.h"
#include "protocol/names.h"
#include "protocol/utf8.h"

namespace sentix::core {

void require(bool condition, const std::string& sentence) {
  if (!condition) {
    throw std::invalid_argument(sentence);
  }
}

void require_json(std::string_view text) {
  if (const protocol::JsonError error = protocol::validate_json_utf8(text)) {
    throw std::invalid_argument("this is not one valid JSON value: " + std::string(protocol::describe(error.fault)) +
                                ", at byte " + std::to_string(error.offset));
  }
}

void require_channel_name(std::string_view name) {
  if (!protocol::valid_channel_name(name)) {
    throw std::invalid_argument("a channel's name has 1 to 200 characters of A-Z a-z 0-9 _ = @ , . ; : / # -");
  }
}

void require_channel_name_or_pattern(std::string_view text) {
  std::string name(text);
  std::replace(name.begin(), name.end(), '*', '-');
  require_channel_name(name);
}

protocol::CloseCode require_close(std::uint16_t code, std::string_view reason) {
  const auto close_code = static_cast<protocol::CloseCode>(code);
  if (!protocol::may_be_sent(close_code)) {
    throw std::invalid_argument("a close frame cannot carry the code " + std::to_string(code));
  }
  if (!protocol::valid_utf8(std::as_bytes(std::span(reason)))) {
    throw std::invalid_argument("the reason of a close frame is not UTF-8");
  }
  return close_code;
}

}  // namespace sentix::core
