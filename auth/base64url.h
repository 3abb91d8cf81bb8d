#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sentix::auth {

// The bytes that a text stands for in base64url without padding (RFC 4648 §5, RFC 7515 §2). Strict: nullopt for any
// other character, for padding and white space, for a length that no bytes have, and where bits behind the last byte
// are set. So no two texts stand for the same bytes, and a token cannot be written in another way.
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace sentix::auth
