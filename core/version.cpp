#include "core/version.h"

namespace sentix::core {

std::string_view version() {
  return SENTIX_VERSION;
}

}  // namespace sentix::core
