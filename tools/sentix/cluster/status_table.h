#pragma once

#include <string>
#include <string_view>

namespace sentix::tools {

// The lines of a manager's status (core/cluster/status_lines.h) as a table for people, in columns with a head. Lines
// of a kind that this version does not know are left out.
[[nodiscard]] std::string status_table(std::string_view lines);

}  // namespace sentix::tools
