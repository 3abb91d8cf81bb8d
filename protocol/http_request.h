#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/header_fields.h"
#include "protocol/request_target.h"

namespace sentix::protocol {

enum class HttpVersion : std::uint8_t { http_1_0, http_1_1 };

// The head of one request, as RequestParser found it: checked for syntax and for the rules of request_rules.h, nothing
// decoded.
//
// A value of views: every view points into the bytes that were given to the parser and dies with them. 3.3 KB, so a
// worker keeps one and uses it again for each handshake; a connection holds none.
struct HttpRequest {
  std::string_view method;  // case-sensitive: "GET"
  RequestTarget target;
  HttpVersion version = HttpVersion::http_1_1;
  HeaderFields headers;
};

}  // namespace sentix::protocol
