#pragma once

#include <string>

#include "tools/sentix/reference/command_node.h"

namespace sentix::tools {

// Scripts by which a shell completes the command line: the commands, their flags, and the values of those that have a
// fixed set of them; for other values the shell offers files. In zsh and fish with a line of help each.
[[nodiscard]] std::string bash_completions(const CommandNode& root);
[[nodiscard]] std::string zsh_completions(const CommandNode& root);
[[nodiscard]] std::string fish_completions(const CommandNode& root);

}  // namespace sentix::tools
