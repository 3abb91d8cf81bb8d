#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sentix::protocol {

// The raw value of the first `name=value` of a query (`a=1&name=value`); `name` alone gives an empty value. Names are
// compared as they stand, without decoding: a client has no reason to encode letters. Borrows from `query`;
// percent_decoded() is the next step.
std::optional<std::string_view> find_parameter(std::string_view query, std::string_view name);

// RFC 3986 §2.1: each %XX becomes its byte, which may be any, zero included. A '%' without two hexadecimal digits gives
// nothing.
// '+' stays '+': so a base64 token survives whether its owner encoded it or not.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace sentix::protocol
