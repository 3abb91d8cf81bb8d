#include "protocol/refusal.h"

#include <array>

namespace sentix::protocol {
namespace {

constexpr std::array<RefusalInfo, kRefusalCount> kTable{{
    {Refusal::bad_line_ending, 400, "RFC 9112 §2.2",
     "Every line of a request head ends with CR LF, and neither stands alone."},
    {Refusal::bad_method, 400, "RFC 9112 §3.1", "The request does not begin with a method and a space."},
    {Refusal::bad_target, 400, "RFC 9112 §3.2", "The request target is not an absolute path or an http URI."},
    {Refusal::bad_version, 400, "RFC 9112 §2.3", "The request line does not end with an HTTP version."},
    {Refusal::unsupported_version, 505, "RFC 9110 §15.6.6", "This server speaks HTTP/1.1 and HTTP/1.0."},
    {Refusal::folded_header, 400, "RFC 9112 §5.2", "A header line begins with a space or a tab."},
    {Refusal::bad_header_name, 400, "RFC 9112 §5.1",
     "A header line does not begin with a name and a colon right behind it."},
    {Refusal::bad_header_value, 400, "RFC 9110 §5.5", "A header value holds a control character."},
    {Refusal::request_line_too_long, 431, "RFC 6585 §5", "The request line is too long."},
    {Refusal::header_line_too_long, 431, "RFC 6585 §5", "A header line is too long."},
    {Refusal::head_too_large, 431, "RFC 6585 §5", "The request head is too large."},
    {Refusal::too_many_headers, 431, "RFC 6585 §5", "The request has too many headers."},

    {Refusal::repeated_header, 400, "RFC 9110 §5.3", "A header that may occur once occurs more than once."},
    {Refusal::missing_host, 400, "RFC 9112 §3.2", "The Host header is missing."},
    {Refusal::bad_host, 400, "RFC 9112 §3.2", "The Host header is not a host and an optional port."},
    {Refusal::host_differs_from_target, 400, "RFC 9112 §3.2.2",
     "The Host header names another host than the request target."},
    {Refusal::bad_content_length, 400, "RFC 9112 §6.3", "The Content-Length header is not a number."},
    {Refusal::conflicting_framing, 400, "RFC 9112 §6.1",
     "A request cannot have both Transfer-Encoding and Content-Length."},
    {Refusal::body_not_allowed, 413, "RFC 9110 §15.5.14", "A request to this server has no body."},
    {Refusal::length_required, 411, "RFC 9110 §15.5.12",
     "A body comes whole, with a Content-Length, and not in chunks."},
    {Refusal::body_too_large, 413, "RFC 9110 §15.5.14", "The request's body is too large."},

    {Refusal::upgrade_over_http_1_0, 505, "RFC 6455 §4.1", "A WebSocket handshake needs HTTP/1.1."},
    {Refusal::method_not_allowed, 405, "RFC 9110 §15.5.6",
     "This server answers GET and HEAD, and a WebSocket handshake is a GET."},
    {Refusal::missing_upgrade, 400, "RFC 6455 §4.2.1",
     "This WebSocket handshake lacks \"Upgrade: websocket\"; a proxy may have removed it."},
    {Refusal::missing_connection_upgrade, 400, "RFC 6455 §4.2.1",
     "This WebSocket handshake lacks \"Connection: Upgrade\"; a proxy may have removed it."},
    {Refusal::unknown_path, 404, "RFC 6455 §4.2.2", "There is nothing at this path."},
    {Refusal::missing_websocket_version, 400, "RFC 6455 §4.2.1", "The Sec-WebSocket-Version header is missing."},
    {Refusal::unsupported_websocket_version, 426, "RFC 6455 §4.4",
     "This server speaks version 13 of the WebSocket protocol."},
    {Refusal::bad_websocket_key, 400, "RFC 6455 §4.2.1",
     "The Sec-WebSocket-Key header is missing or not the base64 form of 16 bytes."},
    {Refusal::origin_not_allowed, 403, "RFC 6455 §10.2", "Pages of this origin may not connect."},
    {Refusal::bad_subprotocol_list, 400, "RFC 6455 §11.3.4",
     "The Sec-WebSocket-Protocol header is not a list of tokens."},
    {Refusal::bad_extension_list, 400, "RFC 6455 §9.1",
     "The Sec-WebSocket-Extensions header is not a list of extensions."},
    {Refusal::bad_token_encoding, 400, "RFC 3986 §2.1", "The token in the query is not percent-encoded correctly."},

    {Refusal::upgrade_required, 426, "RFC 9110 §15.5.22", "Connect with a WebSocket client."},
    {Refusal::tls_required, 400, "RFC 9110 §15.5.1",
     "This port speaks TLS: connect with wss://, or open the page with https://."},
    {Refusal::bad_forwarded_header, 400, "RFC 7239 §4",
     "The header in which a proxy says for whom it asks cannot be understood."},
    {Refusal::unauthenticated, 401, "RFC 9110 §15.5.2", "A valid token is needed."},
    {Refusal::cannot_judge, 503, "RFC 9110 §15.6.4",
     "Nobody can tell at the moment whom the token belongs to; come back after a pause."},
    {Refusal::forbidden, 403, "RFC 9110 §15.5.4", "This is not allowed."},
    {Refusal::handshake_timeout, 408, "RFC 9110 §15.5.9", "The request did not arrive in time."},
    {Refusal::too_many_requests, 429, "RFC 6585 §4", "Too many requests; come back after a pause."},
    {Refusal::over_capacity, 503, "RFC 9110 §15.6.4", "The server is full; come back after a pause."},
    {Refusal::short_of_memory, 503, "RFC 9110 §15.6.4", "The server is short of memory; come back after a pause."},
    {Refusal::going_away, 503, "RFC 9110 §15.6.4", "The server is going away; come back after a pause."},
}};

constexpr bool rows_stand_where_their_enumerator_says() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].refusal) != i || kTable[i].status < 400 || kTable[i].sentence.empty())
      return false;
  }
  return true;
}
static_assert(rows_stand_where_their_enumerator_says());

}  // namespace

const RefusalInfo& describe(Refusal refusal) {
  return kTable[static_cast<std::size_t>(refusal)];
}

}  // namespace sentix::protocol
