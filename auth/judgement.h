#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "auth/principal.h"

namespace sentix::auth {

// The outcome of one authentication: who it is, that it is refused, or that nobody could tell at the moment. Whoever
// lets somebody in by it looks for a principal, and there is one only after a yes; that nobody could tell is no yes.
class Judgement {
 public:
  Judgement(std::nullptr_t) {}  // refused
  Judgement(PrincipalPtr principal) : principal_(std::move(principal)) {}

  // Who would have to be asked does not answer: the client may come back with the same.
  static Judgement unavailable() {
    Judgement judgement(nullptr);
    judgement.unavailable_ = true;
    return judgement;
  }

  // Refused for a reason that whoever asked is told: what follows a colon, in some 70 bytes.
  static Judgement refused(std::string why) {
    Judgement judgement(nullptr);
    judgement.why_ = std::move(why);
    return judgement;
  }

  [[nodiscard]] const std::string& why() const { return why_; }               // empty where nothing is to be told
  [[nodiscard]] const PrincipalPtr& principal() const { return principal_; }  // null unless it is a yes
  [[nodiscard]] bool is_unavailable() const { return unavailable_; }

  // For those to whom a no is a no, whatever it comes from.
  operator const PrincipalPtr&() const { return principal_; }

 private:
  PrincipalPtr principal_;
  std::string why_;
  bool unavailable_ = false;
};

}  // namespace sentix::auth
