#pragma once

#include <string>
#include <string_view>

#include "protocol/shared_frame.h"

namespace sentix::protocol {

// `text` as a JSON string, quotes included. Quotes, backslashes and control characters are escaped, everything else
// stays as it is. `text` should be UTF-8; this is not checked, and what is not UTF-8 comes out as it went in.
[[nodiscard]] std::string quote(std::string_view text);

// The same, appended.
void append_quoted(std::string& out, std::string_view text);
void append_quoted(FrameBuilder& out, std::string_view text);

// The text that a JSON string stands for, in UTF-8. `body` is what stands between the quotes of a string that has been
// checked (JsonScanner, validate_json); anything else is undefined. The result is never longer than `body`.
[[nodiscard]] std::string unescape(std::string_view body);
void append_unescaped(std::string& out, std::string_view body);

// Whether a string says the same as its body does as written.
[[nodiscard]] inline bool has_escapes(std::string_view body) {
  return body.find('\\') != std::string_view::npos;
}

// What stands between the quotes of a string value as JsonObjectReader hands it out.
[[nodiscard]] inline std::string_view string_body(std::string_view value) {
  return value.substr(1, value.size() - 2);
}

}  // namespace sentix::protocol
