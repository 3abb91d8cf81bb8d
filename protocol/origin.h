#pragma once

#include <string_view>

namespace sentix::protocol {

// The origins of web pages (RFC 6454), and which of them a rule means. A rule is one of
//
//   https://example.com         that origin: scheme, host and port, where no port is the scheme's own
//   https://*.example.com       every host below example.com, however deep; not example.com itself
//   null                        pages that have no origin to tell: of files, or in a sandbox
//   *                           every page
//
// Scheme and host ignore case. Pure; nothing is normalised but that.
bool is_origin_rule(std::string_view text);

// `origin` as the header Origin has it, whatever that is. `rule` is one.
bool matches_origin(std::string_view rule, std::string_view origin);

// Whether a page of `origin` talks to where it came from: to the host and port of the header `Host`. Whether by the
// same scheme cannot be seen behind a proxy, and is not looked at.
bool is_same_origin(std::string_view origin, std::string_view host);

}  // namespace sentix::protocol
