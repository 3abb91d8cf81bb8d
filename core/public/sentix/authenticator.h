#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sentix/credentials.h"
#include "sentix/principal.h"
#include "sentix/session.h"

namespace sentix {

// Who presents these credentials; nobody is a refusal.
using Authenticator = std::function<std::optional<Principal>(const Credentials& given)>;

// Who a plain `true` lets in: a principal without a list of permissions, which may enter every private channel. Its
// name is the credentials' "username" where that is a string of 1 to 200 bytes, and "user" elsewhere: who answers
// `true` vouches for the credentials as a whole.
[[nodiscard]] Principal principal_of(const Credentials& given);

// An authenticator is any copyable callable that takes const Credentials& and returns exactly bool, or a Principal, or
// std::nullopt, or a std::optional<Principal>. Exactly: what merely converts to bool, such as the pointer or the count
// that somebody forgot to compare, would let everybody in.
template <typename Callable>
Authenticator to_authenticator(Callable&& callable) {
  static_assert(std::invocable<std::decay_t<Callable>&, const Credentials&>,
                "an authenticator takes a const sentix::Credentials&");
  using Answer = std::decay_t<std::invoke_result_t<std::decay_t<Callable>&, const Credentials&>>;
  constexpr bool says_yes_or_no = std::same_as<Answer, bool>;
  static_assert(says_yes_or_no || std::same_as<Answer, Principal> || std::same_as<Answer, std::nullopt_t> ||
                    std::same_as<Answer, std::optional<Principal>>,
                "an authenticator returns exactly bool, or sentix::Principal, or std::nullopt, or "
                "std::optional<sentix::Principal>");
  return [callable = std::forward<Callable>(callable)](const Credentials& given) mutable -> std::optional<Principal> {
    if constexpr (says_yes_or_no) {
      return std::invoke(callable, given) ? std::optional(principal_of(given)) : std::nullopt;
    } else {
      return std::invoke(callable, given);
    }
  };
}

// Takes the answer of an asynchronous authenticator, as one of the types above: once, from any thread, during the
// authenticator's call or later. Later calls do nothing. Where its last copy goes without a call, that is a refusal.
class AuthenticationDone {
 public:
  // std::invalid_argument where the principal has no name or its info is not JSON; that is not an answer yet.
  void operator()(std::optional<Principal> principal) const { answer_(std::move(principal)); }
  void operator()(Principal principal) const { answer_(std::move(principal)); }
  void operator()(std::nullopt_t) const { answer_(std::nullopt); }
  void operator()(std::same_as<bool> auto accepted) const {
    answer_(accepted ? std::optional(principal_of(given_)) : std::nullopt);
  }

 private:
  friend class Server;
  AuthenticationDone(Credentials given, std::function<void(std::optional<Principal>)> answer)
      : given_(std::move(given)), answer_(std::move(answer)) {}

  Credentials given_;
  std::function<void(std::optional<Principal>)> answer_;
};

// Asks elsewhere who presents these credentials: must not block. The client that asks is not read from until the answer
// is there.
using AsyncAuthenticator = std::function<void(const Credentials& given, AuthenticationDone done)>;

// Has the last word on whether a client may do something with a channel. `allowed` is what the rules say.
using Authorizer = std::function<bool(const Session& session, Action action, std::string_view channel, bool allowed)>;

}  // namespace sentix
