#pragma once

#include <string_view>

namespace sentix::core {

// "0.1.0": the version of this build, by Semantic Versioning.
[[nodiscard]] std::string_view version();

}  // namespace sentix::core
