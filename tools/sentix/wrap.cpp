#include "tools/sentix/wrap.h"

#include <algorithm>

namespace sentix::tools {

std::string wrapped(std::string_view text, std::size_t width, std::string_view prefix) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (column > 0 && column + 1 + word.size() > width) {
      out.append("\n").append(prefix);
      column = 0;
    } else if (column > 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

}  // namespace sentix::tools
