#pragma once

#include <ctime>
#include <string>

#include "core/tls/certificate.h"
#include "tools/sentix/doctor/finding.h"

namespace sentix::tools {

// Whether clients will accept a certificate at the time `now`: its dates, the order of its chain, whether the chain
// leads to a root that this system trusts, and its names; `host` is the one that clients ask for, or empty.
[[nodiscard]] Findings judge_certificate(const core::Certificate& certificate, const std::string& host,
                                         std::time_t now);

}  // namespace sentix::tools
