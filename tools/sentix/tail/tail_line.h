#pragma once

#include <string>
#include <string_view>

namespace sentix::tools {

// A message of a channel as a line for a person: TIME CHANNEL OFFSET USER DATA, with - for what it lacks, as in
// `12:03:44 general 41 ann {"text":"hi"}`; of an event, a join and so on its type in the place of the offset. The data
// is JSON. Nothing in the line steers a terminal but, where `colour` is set, its own colours.
//
// `message` has been checked, and is UTF-8; `time` is shown as it is.
[[nodiscard]] std::string tail_line(std::string_view message, std::string_view time, bool colour);

}  // namespace sentix::tools
