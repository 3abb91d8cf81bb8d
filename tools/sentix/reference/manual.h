#pragma once

#include <string>
#include <string_view>

#include "tools/sentix/reference/command_node.h"

namespace sentix::tools {

// The manual page of the whole command line, for man(7). Flags that several commands share with `serve` are explained
// once.
[[nodiscard]] std::string manual_page(const CommandNode& root, std::string_view version);

}  // namespace sentix::tools
