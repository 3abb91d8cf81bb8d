#pragma once

#include <string>
#include <string_view>

namespace sentix::tools {

// `text` in lines of at most `width` characters, broken at spaces; every line but the first begins with `prefix`, which
// does not count. A longer word has a line of its own. No line feed at the end.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::string_view prefix = {});

}  // namespace sentix::tools
