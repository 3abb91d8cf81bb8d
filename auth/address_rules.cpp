#include "auth/address_rules.h"

#include <algorithm>
#include <optional>

namespace sentix::auth {

namespace {

using protocol::IpAddress;
using protocol::kMappedPrefixBits;

struct Rule {
  IpAddress first;
  IpAddress last;
  unsigned bits;
  bool admits;
};

// The next address; none behind the last one.
std::optional<IpAddress> next(IpAddress address) {
  for (std::size_t i = address.bytes.size(); i-- > 0;) {
    if (++address.bytes[i] != 0) return address;
  }
  return std::nullopt;
}

void add(std::vector<Rule>& rules, std::span<const Network> networks, bool admits) {
  for (const Network& network : networks) {
    rules.push_back({network.first, network.last(), network.bits, admits});
  }
}

}  // namespace

// Networks lie within each other or apart. So they are gone through by where they begin, the wider first, with a stack
// of those that are not over yet: its top decides. IPv4 stands at the bottom of the stack as a network of its own that
// is as the default, so that no wider one of IPv6 decides on it.
AddressRules::AddressRules(std::span<const Network> allowed, std::span<const Network> denied)
    : otherwise_(allowed.empty()) {
  std::vector<Rule> rules;
  add(rules, allowed, true);
  add(rules, denied, false);
  if (rules.empty()) return;
  const Network ipv4{IpAddress::from_ipv4({0, 0, 0, 0}), kMappedPrefixBits};
  const auto is_ipv4 = [&](const Rule& rule) { return rule.first == ipv4.first && rule.bits == ipv4.bits; };
  if (std::none_of(rules.begin(), rules.end(), is_ipv4)) add(rules, {&ipv4, 1}, otherwise_);
  // Of two rules for one network the denial comes last, and so lies on top.
  std::sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) {
    return a.first != b.first ? a.first < b.first : a.bits != b.bits ? a.bits < b.bits : a.admits && !b.admits;
  });

  stretches_.push_back({IpAddress{}, otherwise_});
  std::vector<const Rule*> open;
  const auto close_until = [&](const IpAddress* until) {
    while (!open.empty() && (until == nullptr || open.back()->last < *until)) {
      const auto behind = next(open.back()->last);
      open.pop_back();
      if (behind) stretches_.push_back({*behind, open.empty() ? otherwise_ : open.back()->admits});
    }
  };
  for (const Rule& rule : rules) {
    close_until(&rule.first);
    stretches_.push_back({rule.first, rule.admits});
    open.push_back(&rule);
  }
  close_until(nullptr);

  // Where several begin at one address the last one holds.
  std::vector<Stretch> merged;
  for (const Stretch& stretch : stretches_) {
    if (!merged.empty() && merged.back().from == stretch.from) merged.pop_back();
    if (merged.empty() || merged.back().admits != stretch.admits) merged.push_back(stretch);
  }
  stretches_ = std::move(merged);
}

AddressRules AddressRules::only(std::span<const Network> allowed) {
  AddressRules rules(allowed, {});
  rules.otherwise_ = false;
  return rules;
}

bool AddressRules::admits(const IpAddress& address) const {
  if (stretches_.empty()) return otherwise_;
  const auto behind = std::upper_bound(stretches_.begin(), stretches_.end(), address,
                                       [](const IpAddress& a, const Stretch& stretch) { return a < stretch.from; });
  return std::prev(behind)->admits;
}

}  // namespace sentix::auth
