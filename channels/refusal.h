#pragma once

#include <optional>
#include <string>

#include "protocol/error_code.h"

namespace sentix::channels {

// Why a command was not carried out: what the `error` reply to it says.
struct Refusal {
  protocol::ErrorCode code;
  std::string message;  // a sentence for a person that names the channel, the field or the limit
};

// What carrying out a command gives: nothing where it went well, and then it has answered by itself.
using Refused = std::optional<Refusal>;

}  // namespace sentix::channels
