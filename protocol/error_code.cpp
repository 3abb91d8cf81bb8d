#include "protocol/error_code.h"

#include <array>
#include <cstddef>

namespace sentix::protocol {
namespace {

constexpr std::array<std::string_view, 11> kWireNames = {
    "bad_request",  "unknown_type", "unauthenticated", "forbidden",      "not_found", "not_subscribed",
    "channel_full", "too_large",    "rate_limited",    "limit_exceeded", "internal",
};
static_assert(kWireNames.size() == static_cast<std::size_t>(ErrorCode::internal) + 1);

}  // namespace

std::string_view wire_name(ErrorCode code) {
  return kWireNames[static_cast<std::size_t>(code)];
}

}  // namespace sentix::protocol
