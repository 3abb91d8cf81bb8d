#include "core/admin/admin_options.h"

#include "protocol/ip_address.h"

namespace sentix::core {

std::optional<AdminAddress> parse_admin_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return std::nullopt;
  }
  const auto port = protocol::parse_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  }
  const bool has_colon = host.find(':') != std::string_view::npos;
  if (!port || bracketed != has_colon) {
    return std::nullopt;
  }
  return AdminAddress{std::string(host), *port};
}

}  // namespace sentix::core
