#include "tools/sentix/nearest.h"

#include <algorithm>
#include <limits>

namespace sentix::tools {

// Three rows of the table of distances between beginnings of `a` and beginnings of `b` (the optimal string alignment
// distance).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::string suggestion(std::string_view given, const std::vector<std::string>& known) {
  // Nobody mistypes a setting's name at such a length, and a distance costs the product of both.
  constexpr std::size_t kLengthMax = 64;
  if (given.size() > kLengthMax) {
    return {};
  }
  std::string_view nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string& name : known) {
    const std::size_t distance = edit_distance(given, name);
    if (distance < least && distance <= std::max<std::size_t>(1, name.size() / 3)) {
      least = distance;
      nearest = name;
    }
  }
  return nearest.empty() ? "" : " (did you mean \"" + std::string(nearest) + "\"?)";
}

}  // namespace sentix::tools
