#include "tools/sentix/server_options.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "auth/authenticator_chain.h"
#include "core/jwt/jwt_keeper.h"
#include "tools/sentix/settings_json.h"
#include "tools/web/pages.h"

namespace sentix::tools {

namespace {

constexpr std::size_t kClosesKept = 1000;  // for who asks the admin listener why: some 300 bytes each

protocol::ForwardedHeader forwarded_header(std::string_view name) {
  using protocol::ForwardedHeader;
  return name == "none"        ? ForwardedHeader::none
         : name == "forwarded" ? ForwardedHeader::forwarded
                               : ForwardedHeader::x_forwarded_for;
}

// Who judges credentials: users first, which takes a look-up, then keys, which takes a computation. Null: nobody.
std::shared_ptr<auth::Authenticator> authenticator(const Settings& settings,
                                                   const std::shared_ptr<core::JwtKeeper>& keys,
                                                   const core::LogSink& log) {
  auth::AuthenticatorChain::Links links;
  if (!settings.users.empty()) {
    links.push_back(std::make_shared<auth::UserList>(settings.users));
  }
  if (keys) {
    links.push_back(core::jwt_authenticator(keys, log, settings.server.debug));
  }
  if (links.size() < 2) {
    return links.empty() ? nullptr : links.front();
  }
  return std::make_shared<auth::AuthenticatorChain>(std::move(links));
}

}  // namespace

core::TlsOptions tls_options(const Settings& settings) {
  core::TlsOptions tls = settings.server.tls;
  if (!settings.ssl.value_or(false)) {
    return {};
  }
  if (!settings.ssl_cert_path.empty()) {
    tls.certificates.push_back({.chain = settings.ssl_cert_path, .key = settings.ssl_key_path});
  }
  for (const Settings::ListedCertificate& listed : settings.certificates) {
    tls.certificates.push_back(listed.files);
  }
  if (settings.client_certs != "off") {
    tls.client_certificates =
        settings.client_certs == "required" ? core::ClientCertificates::required : core::ClientCertificates::optional;
  }
  return tls;
}

core::JwtOptions jwt_options(const Settings& settings) {
  core::JwtOptions jwt = settings.jwt;
  jwt.algorithm = auth::jwt_algorithm(settings.jwt_algorithm).value();  // the row's choices are names of algorithms
  return jwt;
}

core::Options server_options(const Settings& settings, core::LogSink log) {
  core::Options options = settings.server;
  if (options.workers == 0) {
    options.workers =
        std::max(1u, std::thread::hardware_concurrency());  // what the process may run on, as glibc counts
  }
  const auto keys = settings.jwt.enabled() ? std::make_shared<core::JwtKeeper>(jwt_options(settings), log) : nullptr;
  options.policy.authenticator = authenticator(settings, keys, log);
  options.policy.channel_tokens = keys ? core::channel_tokens(keys, log, settings.server.debug) : nullptr;
  options.tls = tls_options(settings);
  if (settings.admin != "off") {
    options.admin.address = settings.admin;
    options.admin.files = dashboard_files();
    options.admin.shared = !settings.handover.empty();
    options.admin.insists = settings.sources.contains("admin");
    options.closes_kept = kClosesKept;
  }
  options.proxy_protocol = settings.proxy_protocol == "v1v2";
  options.forwarded_header = forwarded_header(settings.forwarded_header);
  if (settings.page == "chat") {
    options.page = chat_page();
    options.page_policy = chat_page_policy();
  }
  options.settings_in_force = settings_json(settings, settings);
  options.log = std::move(log);
  return options;
}

}  // namespace sentix::tools
