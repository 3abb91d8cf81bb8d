#pragma once

#include "tools/sentix/load_settings.h"

namespace sentix::tools {

// Looks into the files that settings name, certificates and keys, and reports why they will not do. Only where the
// settings themselves have no problem.
void check_files(LoadedSettings& loaded);

}  // namespace sentix::tools
