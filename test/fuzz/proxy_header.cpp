// The header of the PROXY protocol. The input is what a peer sends first. The properties:
//  - the answer is certain at one byte: with fewer more are needed, with more it stays the same;
//  - a header ends within the input and within its bound;
//  - who was read is read again from a header that is written anew, in both versions.
#include "protocol/proxy_header.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "test/fuzz/require.h"

namespace {

using namespace sentix::protocol;
using sentix::test::require;
using State = ProxyHeader::State;

ProxyHeader read(const std::string& text) {
  return read_proxy_header(std::as_bytes(std::span(text)));
}

void check_written_anew(const IpEndpoint& source) {
  const bool ipv4 = source.ip.is_ipv4();
  const std::string address = to_text(source.ip);
  const std::string line =
      (ipv4 ? "PROXY TCP4 " : "PROXY TCP6 ") + address + " " + address + " " + std::to_string(source.port) + " 80\r\n";
  require(read(line).source == source && read(line).size == line.size());

  std::string binary("\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x24", 16);
  for (int i = 0; i < 2; ++i) {
    binary.append(source.ip.bytes.begin(), source.ip.bytes.end());
  }
  binary += static_cast<char>(source.port >> 8);
  binary += static_cast<char>(source.port);
  binary.append(2, '\0');
  require(read(binary).source == source && read(binary).size == binary.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, std::min(size, kProxyHeaderBytesMax + 64)));
  const ProxyHeader whole = read_proxy_header(bytes);
  bool certain = false;
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const ProxyHeader part = read_proxy_header(bytes.first(length));
    require(!certain || part.state != State::need_more);
    certain = part.state != State::need_more;
    require(!certain || (part.state == whole.state && part.size == whole.size && part.source == whole.source));
    if (part.state == State::complete) require(part.size <= length && part.size <= kProxyHeaderBytesMax);
  }
  require(certain || bytes.size() < kProxyHeaderBytesMax);
  if (whole.source) check_written_anew(*whole.source);
  return 0;
}
