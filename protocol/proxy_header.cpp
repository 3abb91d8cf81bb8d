#include "protocol/proxy_header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "protocol/http_syntax.h"

namespace sentix::protocol {
namespace {

using namespace std::string_view_literals;
using State = ProxyHeader::State;

constexpr std::string_view kSignature1 = "PROXY ";
constexpr std::string_view kSignature2 = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t kLineBytesMax = 107;  // of version 1, CR LF included
constexpr std::size_t kFixedBytes2 = 16;    // of version 2: signature, version and command, family, length

constexpr ProxyHeader kBad{.state = State::bad, .size = 0, .source = {}};

bool begins_alike(std::string_view text, std::string_view signature) {
  const std::size_t size = std::min(text.size(), signature.size());
  return text.substr(0, size) == signature.substr(0, size);
}

// --- Version 1: one line of text

// "TCP4 192.0.2.1 192.0.2.2 4711 443": single spaces, and both addresses of the family that is named.
std::optional<IpEndpoint> read_source(std::string_view line) {
  const std::string_view family = take_until(line, ' ');
  const auto source = parse_ip(take_until(line, ' '));
  const auto destination = parse_ip(take_until(line, ' '));
  const auto source_port = parse_port(take_until(line, ' '));
  const auto destination_port = parse_port(line);
  if (!source || !destination || !source_port || !destination_port) return std::nullopt;
  const bool ipv4 = family == "TCP4";
  if (!ipv4 && family != "TCP6") return std::nullopt;
  // TCP6 may have a mapped IPv4 address (a proxy with one socket for both), TCP4 nothing else.
  if (ipv4 && (!source->is_ipv4() || !destination->is_ipv4())) return std::nullopt;
  return IpEndpoint{*source, *source_port};
}

ProxyHeader read_line(std::string_view text) {
  const std::size_t end = text.substr(0, kLineBytesMax).find('\r');
  if (end == std::string_view::npos) return text.size() < kLineBytesMax ? ProxyHeader{} : kBad;
  if (end + 1 == text.size()) return end + 1 < kLineBytesMax ? ProxyHeader{} : kBad;
  if (text[end + 1] != '\n' || end + 2 > kLineBytesMax) return kBad;
  ProxyHeader header{.state = State::complete, .size = end + 2, .source = {}};
  const std::string_view line = text.substr(kSignature1.size(), end - kSignature1.size());
  if (line == "UNKNOWN" || line.substr(0, 8) == "UNKNOWN ") return header;  // the rest has no meaning
  header.source = read_source(line);
  return header.source ? header : kBad;
}

// --- Version 2: binary

std::size_t number_at(std::string_view text, std::size_t at) {
  return std::size_t{static_cast<std::uint8_t>(text[at])} << 8 | static_cast<std::uint8_t>(text[at + 1]);
}

// Each is a type, a length of two bytes and that many bytes.
bool are_tlvs(std::string_view text) {
  while (!text.empty()) {
    if (text.size() < 3 || text.size() - 3 < number_at(text, 1)) return false;
    text.remove_prefix(3 + number_at(text, 1));
  }
  return true;
}

// How many bytes the addresses of a family and transport take; nothing for what the specification does not assign.
std::optional<std::size_t> address_bytes(std::uint8_t family) {
  switch (family) {
    case 0x00:  // UNSPEC
      return 0;
    case 0x11:  // TCP over IPv4
    case 0x12:  // UDP over IPv4
      return 12;
    case 0x21:  // TCP over IPv6
    case 0x22:  // UDP over IPv6
      return 36;
    case 0x31:  // Unix stream
    case 0x32:  // Unix datagram
      return 216;
    default:
      return std::nullopt;
  }
}

IpEndpoint source_in(std::uint8_t family, std::string_view addresses) {
  if (family == 0x11) {
    std::array<std::uint8_t, 4> ipv4{};
    std::memcpy(ipv4.data(), addresses.data(), ipv4.size());
    return {IpAddress::from_ipv4(ipv4), static_cast<std::uint16_t>(number_at(addresses, 8))};
  }
  IpEndpoint source;
  std::memcpy(source.ip.bytes.data(), addresses.data(), source.ip.bytes.size());
  source.port = static_cast<std::uint16_t>(number_at(addresses, 32));
  return source;
}

ProxyHeader read_binary(std::string_view text) {
  constexpr std::uint8_t kLocal = 0x20;
  constexpr std::uint8_t kProxy = 0x21;
  const auto byte_at = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  if (text.size() > 12 && byte_at(12) != kLocal && byte_at(12) != kProxy) return kBad;
  if (text.size() > 13 && byte_at(12) == kProxy && !address_bytes(byte_at(13))) return kBad;
  if (text.size() < kFixedBytes2) return {};
  const std::size_t length = number_at(text, 14);
  if (kFixedBytes2 + length > kProxyHeaderBytesMax) return kBad;
  // LOCAL: "the receiver must discard" the addresses, whatever family they are of.
  const std::size_t addresses = byte_at(12) == kProxy ? *address_bytes(byte_at(13)) : length;
  if (length < addresses) return kBad;
  if (text.size() < kFixedBytes2 + length) return {};
  const std::string_view body = text.substr(kFixedBytes2, length);
  if (byte_at(13) != 0x00 && !are_tlvs(body.substr(addresses))) return kBad;
  ProxyHeader header{.state = State::complete, .size = kFixedBytes2 + length, .source = {}};
  if (byte_at(12) == kProxy && (byte_at(13) == 0x11 || byte_at(13) == 0x21)) {
    header.source = source_in(byte_at(13), body);
  }
  return header;
}

}  // namespace

ProxyHeader read_proxy_header(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const bool version1 = begins_alike(text, kSignature1);
  if (!version1 && !begins_alike(text, kSignature2)) return {.state = State::absent, .size = 0, .source = {}};
  if (text.size() < (version1 ? kSignature1 : kSignature2).size()) return {};
  return version1 ? read_line(text) : read_binary(text);
}

}  // namespace sentix::protocol
