#include "core/admin/files.h"

#include <algorithm>

namespace sentix::core {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

const AdminFile* find_file(const AdminOptions& options, std::string_view path) {
  const auto same = [&](const AdminFile& file) { return file.path == path; };
  const auto found = std::find_if(options.files.begin(), options.files.end(), same);
  return found == options.files.end() ? nullptr : &*found;
}

AdminAnswer answer_file(const AdminFile& file) {
  return {.body = std::string(file.body), .content_type = file.content_type, .content_security_policy = kPolicy};
}

}  // namespace sentix::core
