// From a client's bytes to the response. The properties:
//  - only a request that has all that RFC 6455 §4.2.1 asks for is upgraded, and only with a subprotocol that both sides
//  named;
//  - the case of header names, and a header that nobody knows, change nothing;
//  - whatever the client wrote, the response is one well-formed head whose Content-Length tells its body.
#include "protocol/handshake.h"

#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/http_response.h"
#include "protocol/http_syntax.h"
#include "protocol/request_parser.h"
#include "test/fuzz/require.h"

namespace {

using namespace sentix::protocol;
using sentix::test::require;

const HandshakePolicy& policy() {
  static const HandshakePolicy policy{
      .paths = {"/", "/ws"}, .subprotocols = {"sentix.v1", "b"}, .allowed_origins = {"http://a", "null"}};
  return policy;
}

std::string response_to(const HandshakeDecision& decision) {
  if (const auto* upgrade = std::get_if<AcceptedUpgrade>(&decision)) {
    return upgrade_response(upgrade->accept_key, upgrade->subprotocol);
  }
  if (const auto* page = std::get_if<PageRequest>(&decision)) {
    return page_response({.body = "<html></html>"}, page->head_only);
  }
  return refusal_response(std::get<Refusal>(decision));
}

void check_upgrade(const HttpRequest& request, const AcceptedUpgrade& upgrade) {
  const HeaderFields& headers = request.headers;
  require(request.method == "GET" && request.version == HttpVersion::http_1_1);
  require(headers.has_element("upgrade", "websocket") && headers.has_element("connection", "upgrade"));
  require(headers.find("sec-websocket-version") == "13");
  require(is_websocket_key(headers.find("sec-websocket-key").value()));
  require(upgrade.path == "/" || upgrade.path == "/ws");
  if (!upgrade.subprotocol.empty()) {
    require(upgrade.subprotocol == "sentix.v1" || upgrade.subprotocol == "b");
    require(headers.has_element("sec-websocket-protocol", upgrade.subprotocol));
  }
}

void check_response(std::string_view text, bool has_body) {
  const std::size_t head_end = text.find("\r\n\r\n");
  require(head_end != std::string_view::npos && text.starts_with("HTTP/1.1 "));
  const std::string_view body = text.substr(head_end + 4);
  std::string_view head = text.substr(0, head_end + 2);
  bool length_told = false;
  take_until(head, '\n');
  while (!head.empty()) {
    std::string_view line = take_until(head, '\n');
    require(line.ends_with('\r'));
    line.remove_suffix(1);
    require(is_all(ByteClass::field_value, line));
    length_told = length_told || line == "Content-Length: " + std::to_string(body.size());
  }
  require(body.empty() || has_body);
  require(length_told || !has_body);
}

// The same request to a reader who knows HTTP: names in capitals, and one unknown header more where there is room.
HttpRequest disguised(const HttpRequest& request, std::string& names) {
  HttpRequest copy = request;
  copy.headers.clear();
  for (const HeaderField& field : request.headers.all()) names += field.name;
  for (char& c : names) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::size_t at = 0;
  for (const HeaderField& field : request.headers.all()) {
    copy.headers.add({std::string_view(names).substr(at, field.name.size()), field.value});
    at += field.name.size();
  }
  if (copy.headers.all().size() < HeaderFields::kCapacity) copy.headers.add({"X-Unknown", "upgrade, websocket"});
  return copy;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const RequestLimits limits;
  HttpRequest request;
  const ParseResult parsed = RequestParser(limits).parse(std::as_bytes(std::span(data, size)), request);
  if (parsed.state == ParseResult::State::need_more) return 0;
  if (parsed.state == ParseResult::State::refused) {
    check_response(refusal_response(parsed.refusal), true);
    return 0;
  }
  const HandshakeDecision decision = decide(request, policy());
  if (const auto* upgrade = std::get_if<AcceptedUpgrade>(&decision)) check_upgrade(request, *upgrade);
  const auto* page = std::get_if<PageRequest>(&decision);
  const bool has_body = std::holds_alternative<Refusal>(decision) || (page != nullptr && !page->head_only);
  const std::string response = response_to(decision);
  check_response(response, has_body);

  std::string names;
  const HandshakeDecision disguised_decision = decide(disguised(request, names), policy());
  require(disguised_decision.index() == decision.index());
  require(response_to(disguised_decision) == response);
  return 0;
}
