#include "tools/sentix/check_files.h"

#include "tools/sentix/check_certificates.h"
#include "tools/sentix/check_keys.h"

namespace sentix::tools {

void check_files(LoadedSettings& loaded) {
  if (loaded.report.problems.empty()) {
    check_certificates(loaded.settings, loaded.report);
    check_keys(loaded.settings, loaded.report);
  }
}

}  // namespace sentix::tools
