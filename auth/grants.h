#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "auth/principal.h"

namespace sentix::auth {

// Permissions as a backend writes them, in a token or in an answer: a JSON array of channels' names or patterns, or of
// objects {"pattern":P,"subscribe":B,"publish":B,"presence":B}, of which all but the pattern may be left out and are
// true then. `value` is one JSON value that has been checked. nullopt for anything else, unknown and repeated members
// among it: a permission that was misspelled must not be taken for one that was not restricted.
[[nodiscard]] std::optional<std::vector<Grant>> read_grants(std::string_view value);

}  // namespace sentix::auth
