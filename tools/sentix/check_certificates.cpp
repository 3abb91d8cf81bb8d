#include "tools/sentix/check_certificates.h"

#include <memory>
#include <string_view>

#include "core/tls/tls_context.h"
#include "core/tls/tls_error.h"
#include "tools/sentix/server_options.h"

namespace sentix::tools {

namespace {

// The certificate of ssl_cert_path, where there is one, is the first of all; the others are listed.
Source source_of_error(const Settings& settings, const core::TlsError& error) {
  using About = core::TlsError::About;
  if (error.about == About::client_ca) {
    return source_of(settings, "tls.client_ca");
  }
  if (!settings.ssl_cert_path.empty() && error.certificate == 0) {
    return source_of(settings, error.about == About::key ? "ssl_key_path" : "ssl_cert_path");
  }
  return settings.certificates.at(error.certificate - (settings.ssl_cert_path.empty() ? 0 : 1)).source;
}

}  // namespace

void check_certificates(const Settings& settings, Report& report) {
  const core::TlsOptions options = tls_options(settings);
  if (!options.enabled()) {
    return;
  }
  try {
    const core::TlsContext context(options, std::make_shared<core::TicketKeys>());
  } catch (const core::TlsError& error) {
    report.problem(source_of_error(settings, error), error.what());
  }
}

}  // namespace sentix::tools
