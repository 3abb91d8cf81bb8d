#include "auth/pattern.h"

#include <algorithm>

namespace sentix::auth {

// Where the text after a star does not fit, the star takes one more character and the text is tried again. Only the
// last star is ever tried again: an earlier one has already found the first place where the text behind it fits, and a
// later place could only leave less. So the work is at most the product of both lengths, whatever the pattern.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_end = 0;  // what the last star stands for ends here
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_end = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_end;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool is_pattern(std::string_view text) {
  return text.find('*') != std::string_view::npos;
}

std::size_t specificity(std::string_view pattern) {
  return pattern.size() - static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '*'));
}

}  // namespace sentix::auth
