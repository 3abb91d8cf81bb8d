#include "tools/sentix/settings_rules.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "auth/network.h"
#include "core/listening_socket.h"
#include "protocol/origin.h"
#include "tools/sentix/toml_text.h"
#include "tools/sentix/units.h"

namespace sentix::tools {

namespace {

bool is_loopback(std::string host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);  // as in a URL
  }
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    return (ntohl(v4.s_addr) >> 24) == IN_LOOPBACKNET;
  }
  return host == "localhost" || (inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6));
}

bool is_set(const Settings& settings, std::string_view key) {
  return settings.sources.contains(key);
}

void check_client_certificates(const Settings& settings, Report& report) {
  if (settings.client_certs != "off" && settings.server.tls.client_ca.empty()) {
    report.problem(source_of(settings, "tls.client_certs"),
                   "needs tls.client_ca, the authorities to judge the certificates of clients by");
  }
}

void check_tls(const Settings& settings, Report& report) {
  if (is_set(settings, "ssl") && !settings.ssl.value_or(false)) {
    return;  // whatever else is set
  }
  if (settings.ssl_cert_path.empty() != settings.ssl_key_path.empty()) {
    const bool cert = settings.ssl_key_path.empty();
    report.problem(source_of(settings, cert ? "ssl_cert_path" : "ssl_key_path"),
                   cert ? "a certificate needs its key: set ssl_key_path (--tls-key)"
                        : "a key needs its certificate: set ssl_cert_path (--tls-cert)");
    return;
  }
  if (!settings.ssl.value_or(false)) {
    return;
  }
  const std::string_view key = is_set(settings, "ssl") ? "ssl" : "ssl_cert_path";
  if (settings.ssl_cert_path.empty() && settings.certificates.empty()) {
    report.problem(source_of(settings, key), "TLS needs ssl_cert_path and ssl_key_path (--tls-cert and --tls-key)");
  }
  if (core::is_unix_path(settings.server.host)) {
    report.problem(source_of(settings, key),
                   "TLS is for TCP: who may open a Unix socket is a matter of its mode; set ssl to false there");
  }
  check_client_certificates(settings, report);
}

// Never start as if something were there that is not.
void check_missing_features(const Settings& settings, Report& report) {
  if (!settings.redis_url.empty()) {
    report.problem(source_of(settings, "redis_url"), "this version runs alone, without Redis");
  }
}

void check_storage(const Settings& settings, Report& report) {
  const bool stores = !settings.server.data_dir.empty();
  if (stores && !settings.redis_url.empty()) {
    report.problem(source_of(settings, "data_dir"),
                   "channels are stored in a folder or in Redis: unset redis_url or this");
  }
  if (stores && !settings.handover.empty()) {
    report.problem(source_of(settings, "handover"),
                   "a data directory belongs to one process at a time: unset data_dir or this");
  }
  for (const auto& [name, options] : settings.server.channels) {
    if (options.durability == channels::Durability::memory) {
      continue;
    }
    const std::string key = "channels." + toml_quoted(name) + ".durability";
    const auto source = settings.table_sources.find(key);
    const Source at = source == settings.table_sources.end() ? Source{.name = key} : source->second;
    if (!options.lasts()) {
      report.problem(at, "is for channels with persistent = true and a history");
    } else if (!stores) {
      report.problem(at, "needs a data directory: set data_dir (--data-dir)");
    }
  }
}

void check_admin(const Settings& settings, Report& report) {
  if (settings.admin != "off" && !core::parse_admin_address(settings.admin)) {
    report.problem(source_of(settings, "admin"),
                   excerpt(settings.admin) + " is not HOST:PORT, such as 127.0.0.1:9180 or [::1]:9180, and not off");
  }
}

void check_networks(const Settings& settings, std::string_view key, const std::vector<std::string>& texts,
                    Report& report) {
  for (const std::string& text : texts) {
    std::string error;
    if (!auth::parse_network(text, error) && !(key == "trusted_proxies" && text == "unix")) {
      report.problem(source_of(settings, key), excerpt(text) + " " + error);
    }
  }
}

void check_addresses(const Settings& settings, Report& report) {
  const core::Options& server = settings.server;
  check_networks(settings, "allow", server.allow, report);
  check_networks(settings, "deny", server.deny, report);
  check_networks(settings, "trusted_proxies", server.trusted_proxies, report);
  if (settings.proxy_protocol != "off" && server.trusted_proxies.empty()) {
    report.problem(source_of(settings, "proxy_protocol"), "is for trusted_proxies, and none are listed");
  }
  for (const std::string& origin : server.origins) {
    if (!protocol::is_origin_rule(origin)) {
      report.problem(source_of(settings, "origins"),
                     excerpt(origin) + " is no origin such as https://example.com or https://*.example.com");
    }
  }
}

void check_outbox(const Settings& settings, Report& report) {
  const std::size_t least = 2 * settings.server.max_message_bytes;
  if (settings.server.outbox_hard_bytes < least) {
    report.problem(source_of(settings, "outbox_hard_bytes"),
                   "must be at least twice max_message_bytes, which is " + bytes_text(least));
  }
}

}  // namespace

void complete(Settings& settings) {
  settings.server.debug = settings.server.debug || settings.log_level == "debug";
  if (settings.server.debug) {
    settings.log_level = "debug";
  }
  if (settings.page.empty()) {
    settings.page = is_loopback(settings.server.host) ? "chat" : "none";
  }
  if (!settings.ssl) {
    settings.ssl =
        (!settings.ssl_cert_path.empty() && !settings.ssl_key_path.empty()) || !settings.certificates.empty();
  }
  if (!is_set(settings, "outbox_hard_bytes")) {
    settings.server.outbox_hard_bytes =
        std::max(settings.server.outbox_hard_bytes, 2 * settings.server.max_message_bytes);
  }
}

void check_rules(const Settings& settings, Report& report) {
  check_tls(settings, report);
  check_admin(settings, report);
  check_addresses(settings, report);
  check_missing_features(settings, report);
  check_storage(settings, report);
  check_outbox(settings, report);
  const bool certificates_tell = settings.ssl.value_or(false) && settings.client_certs != "off";
  if (settings.server.policy.auth_enabled && settings.users.empty() && !settings.jwt.enabled() && !certificates_tell) {
    report.problem(source_of(settings, "auth.enabled"),
                   "nobody could authenticate: it needs at least one [[auth.users]], a key of [auth.jwt], or "
                   "tls.client_certs");
  }
}

}  // namespace sentix::tools
