#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sentix::tools {

// How many characters one has to insert, leave out, replace, or swap with their neighbour to make `a` into `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// ` (did you mean "max_clients"?)` for the known name that is nearest to `given`, or nothing where none is near: at
// most a third of its characters differ.
[[nodiscard]] std::string suggestion(std::string_view given, const std::vector<std::string>& known);

}  // namespace sentix::tools
