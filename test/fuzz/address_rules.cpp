// Address rules against their definition. The input is lines: each a network, allowed, or denied where a `!` stands
// before it; the last line is an address that asks to come in. The properties:
//  - a network that was read is read again from what it is shown as, and has both its ends in it, but for IPv4;
//  - the longest prefix decides, a denial where two are as long, as if each rule were looked at.
#include "auth/address_rules.h"

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/http_syntax.h"
#include "test/fuzz/require.h"

namespace {

using namespace sentix::auth;
using sentix::protocol::IpAddress;
using sentix::test::require;

struct Rule {
  Network network;
  bool allowed;
};

bool by_definition(const std::vector<Rule>& rules, const IpAddress& address) {
  int best = -1;
  bool result = true;
  for (const Rule& rule : rules) {
    result = result && !rule.allowed;
  }
  for (const Rule& rule : rules) {
    const int bits = static_cast<int>(rule.network.bits);
    if (!rule.network.contains(address) || bits < best) continue;
    result = rule.allowed && (bits > best || result);
    best = bits;
  }
  return result;
}

void check_network(const Network& network) {
  std::string error;
  require(parse_network(to_text(network), error) == network);
  require(!(network.last() < network.first));
  // ::fffe:0:0/95 ends where IPv4 does, which is not in it.
  const bool ends_in_ipv4 = network.bits < sentix::protocol::kMappedPrefixBits && network.last().is_ipv4();
  require(network.contains(network.first) && network.contains(network.last()) != ends_in_ipv4);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size < 4096 ? size : 4096);
  std::vector<Rule> rules;
  std::vector<Network> allowed;
  std::vector<Network> denied;
  std::string_view line;
  while (!rest.empty()) {
    line = sentix::protocol::take_until(rest, '\n');
    const bool denies = line.starts_with('!');
    std::string error;
    const auto network = parse_network(line.substr(denies ? 1 : 0), error);
    require(network.has_value() == error.empty());
    if (!network) continue;
    check_network(*network);
    rules.push_back({*network, !denies});
    (denies ? denied : allowed).push_back(*network);
  }
  const AddressRules made(allowed, denied);
  const auto check = [&](const IpAddress& address) { require(made.admits(address) == by_definition(rules, address)); };
  if (const auto address = sentix::protocol::parse_ip(line)) check(*address);
  for (const Rule& rule : rules) {
    check(rule.network.first);
    check(rule.network.last());
  }
  check(IpAddress{});
  return 0;
}
