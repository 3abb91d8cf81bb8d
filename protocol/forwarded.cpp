#include "protocol/forwarded.h"

#include <algorithm>

#include "protocol/http_syntax.h"

namespace sentix::protocol {
namespace {

using Kind = ForwardedNode::Kind;

std::vector<std::string_view> elements_of(std::string_view list) {
  std::vector<std::string_view> elements;
  while (!list.empty()) {
    const std::string_view element = trimmed(take_until(list, ','));
    if (!element.empty()) elements.push_back(element);
  }
  return elements;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

std::optional<std::string_view> take_token(std::string_view& text) {
  const std::string_view token = take_all(ByteClass::token, text);
  return token.empty() ? std::nullopt : std::optional(token);
}

// RFC 9110 §5.6.4: what stands between the quotes, with its backslashes.
std::optional<std::string_view> take_quoted(std::string_view& text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') {
      const std::string_view inside = text.substr(1, at - 1);
      text.remove_prefix(at + 1);
      return inside;
    }
    if (text[at] == '\\') ++at;
  }
  return std::nullopt;
}

// RFC 7239 §4: forwarded-pair = token "=" value. The value of `for` is put into `node`; one of a kind at most.
bool take_pair(std::string_view& text, std::optional<std::string_view>& node) {
  const auto name = take_token(text);
  if (!name || text.empty() || text.front() != '=') return false;
  text.remove_prefix(1);
  const bool quoted = !text.empty() && text.front() == '"';
  const auto value = quoted ? take_quoted(text) : take_token(text);
  if (!value) return false;
  if (!equal_ignoring_case(*name, "for")) return true;
  if (node) return false;
  node = *value;
  return true;
}

// forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )
bool take_element(std::string_view& text, std::optional<std::string_view>& node, bool& empty) {
  for (;;) {
    skip_blanks(text);
    if (!text.empty() && text.front() != ';' && text.front() != ',') {
      empty = false;
      if (!take_pair(text, node)) return false;
      skip_blanks(text);
    }
    if (text.empty() || text.front() == ',') return true;
    if (text.front() != ';') return false;
    text.remove_prefix(1);
  }
}

std::optional<std::vector<std::string_view>> fors_of(std::string_view list) {
  std::vector<std::string_view> fors;
  while (!list.empty()) {
    std::optional<std::string_view> node;
    bool empty = true;
    if (!take_element(list, node, empty)) return std::nullopt;
    if (!empty) fors.push_back(node.value_or(std::string_view()));
    if (!list.empty()) list.remove_prefix(1);
  }
  return fors;
}

// obfnode and obfport of RFC 7239 §6.3.
bool is_made_up(std::string_view name) {
  return name.size() > 1 && name.front() == '_' && std::all_of(name.begin(), name.end(), [](char c) {
           const char lower = static_cast<char>(c | 0x20);
           return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '.' || c == '_' || c == '-';
         });
}

// "[2001:db8::1]", "192.0.2.1:4711", "2001:db8::1": where the address ends and the port begins. A second colon makes it
// an IPv6 address without brackets, which has no port.
struct Parts {
  std::string_view name;
  std::string_view port;
  bool has_port = false;
};
std::optional<Parts> split_node(std::string_view node) {
  if (!node.empty() && node.front() == '[') {
    const std::size_t end = node.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view behind = node.substr(end + 1);
    if (!behind.empty() && behind.front() != ':') return std::nullopt;
    return Parts{node.substr(1, end - 1), behind.substr(behind.empty() ? 0 : 1), !behind.empty()};
  }
  const std::size_t colon = node.find(':');
  if (colon == std::string_view::npos || node.find(':', colon + 1) != std::string_view::npos) return Parts{node, {}};
  return Parts{node.substr(0, colon), node.substr(colon + 1), true};
}

}  // namespace

std::string_view header_name(ForwardedHeader header) {
  switch (header) {
    case ForwardedHeader::x_forwarded_for:
      return "X-Forwarded-For";
    case ForwardedHeader::forwarded:
      return "Forwarded";
    case ForwardedHeader::none:
      break;
  }
  return {};
}

std::optional<std::vector<std::string_view>> forwarded_nodes(ForwardedHeader header, std::string_view list) {
  if (header == ForwardedHeader::forwarded) return fors_of(list);
  return elements_of(list);
}

ForwardedNode parse_forwarded_node(std::string_view node) {
  const auto parts = split_node(node);
  if (!parts) return {};
  const bool made_up_port = is_made_up(parts->port);
  const auto port = parts->has_port && !made_up_port ? parse_port(parts->port) : std::uint16_t{0};
  if (!port) return {};
  if (const auto ip = parse_ip(parts->name)) {
    const bool ipv4_in_brackets = node.front() == '[' && parts->name.find(':') == std::string_view::npos;
    return ipv4_in_brackets ? ForwardedNode{} : ForwardedNode{Kind::address, {*ip, *port}};
  }
  const bool unknown = parts->name.empty() ? !parts->has_port && node.empty()
                                           : equal_ignoring_case(parts->name, "unknown") || is_made_up(parts->name);
  return {unknown && (node.empty() || node.front() != '[') ? Kind::unknown : Kind::malformed, {}};
}

}  // namespace sentix::protocol
