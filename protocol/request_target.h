#pragma once

#include <optional>
#include <string_view>

namespace sentix::protocol {

// The target of a request line in its parts (RFC 9112 §3.2). Borrows from the text that was parsed. Nothing is decoded
// and nothing normalised: `/%77s` is not `/ws`, and `/a/../b` is just that.
struct RequestTarget {
  std::string_view whole;      // as it stands in the request line
  std::string_view authority;  // of an absolute-form target; empty for the usual origin-form
  std::string_view path;       // begins with '/'
  std::string_view query;      // without its '?'; empty where there is none
};

// Takes the two forms that ask an origin server for something: origin-form (`/path?query`) and absolute-form
// (`http://authority/path?query`, which RFC 9112 §3.2.2 obliges a server to accept). Authority-form and asterisk-form
// belong to CONNECT and OPTIONS, which this server does not have.
//
// `text` consists of ByteClass::target; anything that fits neither form gives nothing. Whether the authority and the
// Host header agree is for check_request() to say.
std::optional<RequestTarget> parse_request_target(std::string_view text);

// Whether `text` is uri-host [":" port] (RFC 9110 §7.2) with a host that is not empty: a name, an IPv4 address, or an
// IPv6 address in brackets.
bool is_host_and_port(std::string_view text);

}  // namespace sentix::protocol
