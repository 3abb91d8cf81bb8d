#pragma once

#include <string>
#include <string_view>

namespace sentix::tools {

// A JSON text as one line that says the same and that no terminal obeys: line feeds and tabs between its values become
// spaces; characters in its strings that steer a terminal (DEL, U+0080 to U+009F) or the direction of what is shown
// become \u escapes. `json` has been checked, and is UTF-8.
[[nodiscard]] std::string terminal_json(std::string_view json);

}  // namespace sentix::tools
