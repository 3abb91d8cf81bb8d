#pragma once

#include <string_view>

#include "core/admin/admin_options.h"
#include "core/admin/exchange.h"

namespace sentix::core {

// The file of the dashboard at `path`; null where there is none.
[[nodiscard]] const AdminFile* find_file(const AdminOptions& options, std::string_view path);

// It, with a Content-Security-Policy under which its page runs nothing but such files and asks nobody but this
// listener.
[[nodiscard]] AdminAnswer answer_file(const AdminFile& file);

}  // namespace sentix::core
