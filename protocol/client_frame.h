#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "protocol/mask.h"
#include "protocol/opcode.h"

namespace sentix::protocol {

// The sending half of a client, for the load generator and for tests: appends one masked frame around a copy of
// `payload` (RFC 6455 §5.3). A client that talks to strangers through proxies takes `key` from a strong source of
// entropy, anew for each frame.
//
// Nothing is checked, so that tests can write frames that break the rules.
void append_client_frame(std::vector<std::byte>& output, Opcode opcode, bool fin, MaskingKey key,
                         std::span<const std::byte> payload);

}  // namespace sentix::protocol
