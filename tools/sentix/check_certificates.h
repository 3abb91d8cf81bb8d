#pragma once

#include "tools/sentix/report.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// Reads the files that TLS needs, from completed settings without problems, and reports why they will not do, by the
// setting that names the file. Certificates that clients will not accept (expired ones) are the server's to warn about.
void check_certificates(const Settings& settings, Report& report);

}  // namespace sentix::tools
