#include "channels/refusals.h"

namespace sentix::channels::refusals {

namespace {

using protocol::ErrorCode;

std::string quoted(std::string_view channel) {
  return '"' + std::string(channel) + '"';
}

}  // namespace

std::string because(std::string_view what, std::string_view why) {
  return std::string(what) + (why.empty() ? "" : ": ") + std::string(why) + ".";
}

Refusal needs_authentication() {
  return {ErrorCode::unauthenticated,
          R"(This server serves nothing but "authenticate" and "ping" before authentication.)"};
}

Refusal channel_needs_authentication(std::string_view channel) {
  return {ErrorCode::unauthenticated, "The channel " + quoted(channel) + " is for authenticated clients only."};
}

Refusal credentials_refused(std::string_view why) {
  return {ErrorCode::unauthenticated, because(R"(The "credentials" were refused)", why)};
}

Refusal cannot_judge() {
  return {ErrorCode::internal, "Nobody can tell at the moment who you are; come back after a pause."};
}

Refusal authenticated_as_another() {
  return {ErrorCode::bad_request,
          "This connection is authenticated as another user already; open a new one for this user."};
}

Refusal no_authenticator() {
  return {ErrorCode::not_found, "This server has no authentication."};
}

Refusal no_channel_tokens() {
  return {ErrorCode::forbidden,
          R"(This server has no keys that could tell whose "token" is good: auth.jwt is not set.)"};
}

Refusal token_refused(auth::JwtFault fault) {
  return {ErrorCode::forbidden, R"(The "token" was refused: )" + std::string(auth::describe_to_holder(fault)) + "."};
}

Refusal forbidden(auth::Action action, std::string_view channel) {
  switch (action) {
    case auth::Action::subscribe:
      return {ErrorCode::forbidden, "You may not subscribe to the channel " + quoted(channel) + "."};
    case auth::Action::publish:
      return {ErrorCode::forbidden, "You may not publish to the channel " + quoted(channel) + "."};
    case auth::Action::presence:
      break;
  }
  return {ErrorCode::forbidden, "You may not see who is on the channel " + quoted(channel) + "."};
}

Refusal not_subscribed(std::string_view channel) {
  return {ErrorCode::not_subscribed, "You are not subscribed to the channel " + quoted(channel) + "."};
}

Refusal no_such_channel(std::string_view channel) {
  return {ErrorCode::not_found, "There is no channel " + quoted(channel) + "."};
}

Refusal no_history(std::string_view channel) {
  return {ErrorCode::not_found, "There is no channel " + quoted(channel) + " that keeps a history."};
}

Refusal no_presence(std::string_view channel) {
  return {ErrorCode::not_found, "There is no channel " + quoted(channel) + " that tells who is there."};
}

Refusal channel_full(std::string_view channel, std::size_t clients_max) {
  return {ErrorCode::channel_full,
          "The channel " + quoted(channel) + " is full: its max_clients is " + std::to_string(clients_max) + "."};
}

Refusal data_too_large(std::size_t bytes, std::string_view channel, std::size_t bytes_max) {
  return {ErrorCode::too_large, "The data has " + std::to_string(bytes) + " bytes: the max_data_bytes of the channel " +
                                    quoted(channel) + " is " + std::to_string(bytes_max) + "."};
}

Refusal too_many_subscriptions(std::size_t subscriptions_max) {
  return {ErrorCode::limit_exceeded, "This connection has as many subscriptions as it may: max_subscriptions is " +
                                         std::to_string(subscriptions_max) + "."};
}

Refusal too_many_channels(std::size_t channels_max) {
  return {ErrorCode::limit_exceeded,
          "This server has as many channels as it may: max_channels is " + std::to_string(channels_max) + "."};
}

Refusal too_fast(const auth::Rate& rate, std::uint32_t cost, std::chrono::nanoseconds wait) {
  return {ErrorCode::rate_limited,
          auth::too_fast("rate.commands", rate) + " This costs " + std::to_string(cost) + "." + auth::try_again(wait)};
}

Refusal too_fast(const auth::Excess& excess) {
  return {ErrorCode::rate_limited, excess.sentence()};
}

Refusal not_stored() {
  return {ErrorCode::internal,
          "The server's storage is failing: this was not stored, and nobody has got it. Try again."};
}

Refusal unavailable() {
  return {ErrorCode::internal, "The server cannot reach what its nodes share: nothing has happened. Try again."};
}

Refusal unconfirmed() {
  return {ErrorCode::internal,
          "The server lost what its nodes share before it had answered: this may have been published, or not. Try "
          "again, with a key where twice would be too often."};
}

Refusal too_few_copies(std::uint64_t there, std::uint64_t wanted) {
  return {ErrorCode::internal, "This is stored, but " + std::to_string(there) +
                                   " replicas have it, where redis_sync_replicas is " + std::to_string(wanted) +
                                   ": it may be published later, or be lost. Try again, with a key where twice would "
                                   "be too often."};
}

Refusal not_published(const Broker::Published& published) {
  switch (published.outcome) {
    case Broker::Published::Outcome::unknown:
      return unconfirmed();
    case Broker::Published::Outcome::unsafe:
      return too_few_copies(published.copies.there, published.copies.wanted);
    default:
      return not_stored();
  }
}

Refusal failed() {
  return {ErrorCode::internal, "The server failed to carry this out."};
}

}  // namespace sentix::channels::refusals
