#pragma once

#include <string>
#include <string_view>

namespace sentix {

// `text`, which is UTF-8, as a JSON string with its quotes: what broadcast() takes as `data` to say a sentence. Any
// thread.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace sentix
