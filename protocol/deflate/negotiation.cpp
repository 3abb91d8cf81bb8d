#include "protocol/deflate/negotiation.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "protocol/deflate/deflater.h"
#include "protocol/http_syntax.h"

namespace sentix::protocol {
namespace {

// The parameters of one offer, understood.
struct Wishes {
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  std::optional<int> server_max_window_bits{};
  std::optional<int> client_max_window_bits{};  // there: the client lets the server choose, up to this
};

// RFC 7692 §7.1.2: 8 to 15, in decimal and without leading zeros.
std::optional<int> parse_window_bits(std::string_view text) {
  if (text == "8" || text == "9") return text[0] - '0';
  if (text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5') return 10 + (text[1] - '0');
  return std::nullopt;
}

// False where it is repeated, or has a value.
bool set_flag(bool& flag, const ExtensionParameter& parameter) {
  return !std::exchange(flag, true) && !parameter.value;
}

// False where it is repeated, or has no value that it may have. `without_value`: what its absence means; nothing where
// it must be there.
bool set_bits(std::optional<int>& bits, const ExtensionParameter& parameter, std::optional<int> without_value) {
  if (bits) return false;
  bits = parameter.value ? parse_window_bits(*parameter.value) : without_value;
  return bits.has_value();
}

bool understand(const ExtensionParameter& parameter, Wishes& wishes) {
  const std::string_view name = parameter.name;
  if (name == "server_no_context_takeover") return set_flag(wishes.server_no_context_takeover, parameter);
  if (name == "client_no_context_takeover") return set_flag(wishes.client_no_context_takeover, parameter);
  if (name == "server_max_window_bits") return set_bits(wishes.server_max_window_bits, parameter, std::nullopt);
  if (name == "client_max_window_bits") return set_bits(wishes.client_max_window_bits, parameter, kWindowBitsMax);
  return false;
}

std::optional<Wishes> understand(const ExtensionOffer& offer) {
  if (!equal_ignoring_case(offer.name, "permessage-deflate")) return std::nullopt;
  Wishes wishes;
  for (const ExtensionParameter& parameter : offer.parameters) {
    if (!understand(parameter, wishes)) return std::nullopt;
  }
  return wishes;
}

ContextTakeover takeover(bool allowed, bool forbidden) {
  return allowed && !forbidden ? ContextTakeover::yes : ContextTakeover::no;
}

std::string response_to(const Wishes& wishes, const DeflateAgreement& agreement) {
  std::string response = "permessage-deflate";
  if (agreement.server_context_takeover == ContextTakeover::no) response += "; server_no_context_takeover";
  if (agreement.client_context_takeover == ContextTakeover::no) response += "; client_no_context_takeover";
  if (wishes.server_max_window_bits || agreement.server_window_bits < kWindowBitsMax) {
    response += "; server_max_window_bits=" + std::to_string(agreement.server_window_bits);
  }
  if (agreement.client_window_bits < kWindowBitsMax) {
    response += "; client_max_window_bits=" + std::to_string(agreement.client_window_bits);
  }
  return response;
}

std::optional<DeflateAgreement> accept(const Wishes& wishes, const DeflatePolicy& policy) {
  const int server_window_bits_max = wishes.server_max_window_bits.value_or(kWindowBitsMax);
  if (server_window_bits_max < Deflater::kWindowBitsMin) return std::nullopt;
  DeflateAgreement agreement{
      .server_context_takeover = takeover(policy.server_context_takeover, wishes.server_no_context_takeover),
      .client_context_takeover = takeover(policy.client_context_takeover, wishes.client_no_context_takeover),
      .server_window_bits = std::min(policy.server_window_bits, server_window_bits_max),
  };
  // A client that keeps to less of itself needs no answer (§7.1.2.2), and any window can be read.
  if (wishes.client_max_window_bits > policy.client_window_bits) {
    agreement.client_window_bits = policy.client_window_bits;
  }
  agreement.response = response_to(wishes, agreement);
  return agreement;
}

}  // namespace

std::optional<DeflateAgreement> negotiate(std::span<const ExtensionOffer> offers, const DeflatePolicy& policy) {
  for (const ExtensionOffer& offer : offers) {
    const auto wishes = understand(offer);
    if (!wishes) continue;
    if (auto agreement = accept(*wishes, policy)) return agreement;
  }
  return std::nullopt;
}

}  // namespace sentix::protocol
