#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "auth/network.h"

namespace sentix::auth {

// Which addresses are let in. Of the networks that an address lies in the most specific decides, as of patterns of
// channels; of one that is both allowed and denied, the denial. An address that lies in none is let in where nothing
// was allowed, and kept out otherwise.
//
// A look-up is a binary search, whatever the networks overlap: they are cut into stretches when this is made. Never
// changes then, so any thread may ask.
class AddressRules {
 public:
  AddressRules() = default;  // lets everybody in
  AddressRules(std::span<const Network> allowed, std::span<const Network> denied);

  // Those, and nobody where there are none.
  static AddressRules only(std::span<const Network> allowed);

  [[nodiscard]] bool admits(const protocol::IpAddress& address) const;

  // Whether anybody at all is kept out.
  [[nodiscard]] bool restricts() const { return !stretches_.empty() || !otherwise_; }

 private:
  // From here to where the next one begins.
  struct Stretch {
    protocol::IpAddress from;
    bool admits;
  };

  std::vector<Stretch> stretches_;  // by address; without any, `otherwise_` holds for all
  bool otherwise_ = true;
};

}  // namespace sentix::auth
