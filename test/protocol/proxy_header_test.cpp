#include "protocol/proxy_header.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "test/support/guard_page.h"

namespace sentix::protocol {
namespace {

using namespace std::string_literals;
using State = ProxyHeader::State;

const std::string kSignature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string kIpv4Addresses = "\xC0\x00\x02\x01\xC0\x00\x02\x02\x12\x67\x01\xBB"s;  // 192.0.2.1:4711
const std::string kIpv6Addresses = "\x20\x01\x0D\xB8"s + std::string(11, '\0') + "\x01"s + "\x20\x01\x0D\xB8"s +
                                   std::string(11, '\0') + "\x02\x12\x67\x01\xBB"s;  // 2001:db8::1

std::string version2(char command, char family, const std::string& body) {
  return kSignature + command + family + static_cast<char>(body.size() >> 8) + static_cast<char>(body.size()) + body;
}

ProxyHeader read(std::string_view text) {
  const test::GuardedBytes guarded(text);
  return read_proxy_header(guarded.span());
}

std::string source_of(const ProxyHeader& header) {
  return header.source ? to_text(header.source->ip) + " " + std::to_string(header.source->port) : "none";
}

struct Good {
  std::string text;
  std::string source;
};
const std::vector<Good> kGood = {
    {"PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n", "192.0.2.1 4711"},
    {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255 65535"},
    {"PROXY TCP6 2001:db8::1 2001:db8::2 0 443\r\n", "2001:db8::1 0"},
    {"PROXY TCP6 ::ffff:192.0.2.1 ::1 4711 443\r\n", "192.0.2.1 4711"},
    {"PROXY UNKNOWN\r\n", "none"},
    {"PROXY UNKNOWN ffff:f...f:ffff what ever 1\r\n", "none"},
    {"PROXY UNKNOWN " + std::string(107 - 16, 'x') + "\r\n", "none"},
    {version2('\x21', '\x11', kIpv4Addresses), "192.0.2.1 4711"},
    {version2('\x21', '\x11', kIpv4Addresses + "\x04\x00\x00"s), "192.0.2.1 4711"},
    {version2('\x21', '\x11', kIpv4Addresses + "\x01\x00\x02h2\xEA\x00\x01x"s), "192.0.2.1 4711"},
    {version2('\x21', '\x21', kIpv6Addresses), "2001:db8::1 4711"},
    {version2('\x21', '\x12', kIpv4Addresses), "none"},
    {version2('\x21', '\x22', kIpv6Addresses), "none"},
    {version2('\x21', '\x31', std::string(216, 'u')), "none"},
    {version2('\x21', '\x00', ""), "none"},
    {version2('\x21', '\x00', "anything"), "none"},
    {version2('\x20', '\x00', ""), "none"},
    {version2('\x20', '\x11', kIpv4Addresses), "none"},
    {version2('\x20', '\x7F', "anything"), "none"},
    {version2('\x21', '\x11', kIpv4Addresses + "\x04"s + "\x0F\xE1"s + std::string(4065, 'n')), "192.0.2.1 4711"},
};

TEST_CASE("a header is complete at its last byte, wherever what follows begins") {
  for (const Good& good : kGood) {
    CAPTURE(good.text);
    for (std::size_t size = 0; size < good.text.size(); ++size) {
      REQUIRE(read(std::string_view(good.text).substr(0, size)).state == State::need_more);
    }
    for (const std::string_view behind : {"", "G", "GET / HTTP/1.1\r\n", "PROXY UNKNOWN\r\n", "\r\n"}) {
      const ProxyHeader header = read(good.text + std::string(behind));
      CHECK(header.state == State::complete);
      CHECK(header.size == good.text.size());
      CHECK(source_of(header) == good.source);
    }
  }
}

TEST_CASE("what begins otherwise is no header, at the first byte that tells") {
  for (const std::string& text : {"G"s, "POST / HTTP/1.1\r\n"s, "PROXX"s, "proxy "s, "\x16\x03\x01"s,
                                  "\r\nGET / HTTP/1.1\r\n"s, "\r\n\r\n\0\r\nQUIX"s}) {
    CAPTURE(text);
    CHECK(read(text).state == State::absent);
  }
  CHECK(read("PROX").state == State::need_more);
  CHECK(read("\r\n").state == State::need_more);
}

TEST_CASE("what begins with a signature and breaks the rules is bad") {
  for (const std::string& text : {
           "PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\n\r\n"s,
           "PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\rx"s,
           "PROXY TCP4  192.0.2.1 192.0.2.2 4711 443\r\n"s,
           "PROXY TCP4 192.0.2.1 192.0.2.2 4711 443 \r\n"s,
           "PROXY TCP4 192.0.2.1 192.0.2.2 4711\r\n"s,
           "PROXY TCP4 192.0.2.1 192.0.2.2 04711 443\r\n"s,
           "PROXY TCP4 192.0.2.1 192.0.2.2 65536 443\r\n"s,
           "PROXY TCP4 192.0.2.1 example.com 4711 443\r\n"s,
           "PROXY TCP4 2001:db8::1 2001:db8::2 4711 443\r\n"s,
           "PROXY TCP4 192.0.2.256 192.0.2.2 4711 443\r\n"s,
           "PROXY tcp4 192.0.2.1 192.0.2.2 4711 443\r\n"s,
           "PROXY UDP4 192.0.2.1 192.0.2.2 4711 443\r\n"s,
           "PROXY UNKNOWNX\r\n"s,
           "PROXY \r\n"s,
           "PROXY UNKNOWN " + std::string(108 - 16, 'x') + "\r\n",
           "PROXY " + std::string(107 - 6, 'x'),
           "PROXY " + std::string(107 - 7, 'x') + "\r",
           kSignature + "\x11",      // version 1 in binary
           kSignature + "\x22",      // no such command
           kSignature + "\x21\x13",  // no such transport
           kSignature + "\x21\x41",  // no such family
           version2('\x21', '\x11', kIpv4Addresses.substr(1)),
           version2('\x21', '\x21', kIpv6Addresses.substr(1)),
           version2('\x21', '\x31', std::string(215, 'u')),
           version2('\x21', '\x11', kIpv4Addresses + "\x01\x00"s),
           version2('\x21', '\x11', kIpv4Addresses + "\x01\x00\x03h2"s),
           kSignature + "\x21\x11\x0F\xF1"s,  // 4097 bytes in all
           kSignature + "\x20\x00\xFF\xFF"s,
       }) {
    CAPTURE(text);
    CHECK(read(text).state == State::bad);
    CHECK(read(text + "GET / HTTP/1.1\r\n").state == State::bad);
  }
}

}  // namespace
}  // namespace sentix::protocol
