#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace sentix::tools {

// Raises this process's limit of open descriptors as far as it may, and returns it.
std::size_t raise_descriptor_limit();

// A sentence for a `max_clients` (0: no limit) that does not fit into `limit` descriptors; nullopt where it fits.
[[nodiscard]] std::optional<std::string> descriptor_warning(std::size_t max_clients, std::size_t limit);

}  // namespace sentix::tools
