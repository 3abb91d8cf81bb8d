#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/jwt.h"
#include "auth/principal.h"
#include "auth/rate_limit.h"
#include "auth/token_bucket.h"
#include "channels/broker.h"
#include "channels/refusal.h"

// Every refusal that this layer gives, with its sentence. Names of channels are told as they are: they need no escaping
// (protocol/names.h).
namespace sentix::channels::refusals {

// "WHAT: WHY.", or "WHAT." where no reason is to be told.
std::string because(std::string_view what, std::string_view why);

Refusal needs_authentication();
Refusal channel_needs_authentication(std::string_view channel);
Refusal credentials_refused(std::string_view why = {});  // Judgement::why()
Refusal cannot_judge();
Refusal authenticated_as_another();
Refusal no_authenticator();
Refusal no_channel_tokens();
Refusal token_refused(auth::JwtFault fault);

Refusal forbidden(auth::Action action, std::string_view channel);
Refusal not_subscribed(std::string_view channel);
Refusal no_such_channel(std::string_view channel);
Refusal no_history(std::string_view channel);
Refusal no_presence(std::string_view channel);

Refusal channel_full(std::string_view channel, std::size_t clients_max);
Refusal data_too_large(std::size_t bytes, std::string_view channel, std::size_t bytes_max);
Refusal too_many_subscriptions(std::size_t subscriptions_max);
Refusal too_many_channels(std::size_t channels_max);

// `wait` is how long it takes until `cost` can be paid.
Refusal too_fast(const auth::Rate& rate, std::uint32_t cost, std::chrono::nanoseconds wait);
Refusal too_fast(const auth::Excess& excess);

// Who publishes to a durable channel cannot be told that it is stored.
Refusal not_stored();

// What many nodes share cannot be asked at the moment, or was lost before it had answered.
Refusal unavailable();
Refusal unconfirmed();
Refusal too_few_copies(std::uint64_t there, std::uint64_t wanted);

// What the author of a publication is told that is not_stored, unknown or unsafe.
Refusal not_published(const Broker::Published& published);

Refusal failed();

}  // namespace sentix::channels::refusals
