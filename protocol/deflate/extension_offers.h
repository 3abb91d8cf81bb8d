#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentix::protocol {

struct ExtensionParameter {
  std::string_view name;
  std::optional<std::string> value{};  // a token, without the quotes and escapes that it may have had

  bool operator==(const ExtensionParameter&) const = default;
};

// One element of Sec-WebSocket-Extensions: what a client offers. Names borrow from the header's text.
struct ExtensionOffer {
  std::string_view name;
  std::vector<ExtensionParameter> parameters{};

  bool operator==(const ExtensionOffer&) const = default;
};

// Reads the value of Sec-WebSocket-Extensions, its lines joined (RFC 6455 §9.1): a list of
//
//   token *( ";" token [ "=" ( token / quoted token ) ] )
//
// with optional whitespace around each part, and empty elements passed over as RFC 9110 §5.6.1.2 asks. In the client's
// order; nothing where the text is anything else, and then the handshake fails.
[[nodiscard]] std::optional<std::vector<ExtensionOffer>> parse_extensions(std::string_view list);

}  // namespace sentix::protocol
