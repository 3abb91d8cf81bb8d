#include "auth/json_array.h"

#include "protocol/json_scanner.h"

namespace sentix::auth {

std::optional<std::vector<std::string_view>> json_elements(std::string_view value) {
  protocol::JsonScanner scanner(value);
  if (!scanner.take('[')) return std::nullopt;
  std::vector<std::string_view> elements;
  if (scanner.take(']')) return elements;
  do {
    const char* const begin = scanner.next();
    if (!scanner.value(1)) return std::nullopt;
    elements.emplace_back(begin, static_cast<std::size_t>(scanner.position() - begin));
  } while (scanner.take(','));
  return elements;
}

}  // namespace sentix::auth
