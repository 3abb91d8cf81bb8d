#include "tools/sentix/settings_rules.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "auth/network.h"
#include "core/listening_socket.h"
#include "core/remote_broker.h"
#include "core/tls/tls_error.h"
#include "protocol/http_syntax.h"
#include "protocol/origin.h"
#include "tools/sentix/nearest.h"
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

void check_redis(const Settings& settings, Report& report) {
  if (const std::string& url = settings.server.redis.advertise; !url.empty() && !core::is_node_url(url)) {
    report.problem(source_of(settings, "advertise"), "is no URL of a WebSocket, such as wss://node-1.example.com/ws");
  }
  if (!settings.server.redis.enabled()) {
    return;
  }
  try {
    core::require_redis(settings.server.redis);
  } catch (const core::TlsError& error) {
    using About = core::TlsError::About;
    const bool key = error.about == About::key;
    const bool shown = error.about == About::chain;
    report.problem(source_of(settings, key ? "redis_key" : shown ? "redis_cert" : "redis_ca"), error.what());
  } catch (const std::invalid_argument& error) {
    report.problem(source_of(settings, "redis_url"), error.what());
  }
}

void check_without_redis(const Settings& settings, Report& report) {
  for (const auto& [name, options] : settings.server.channels) {
    if (options.without_redis == channels::WithoutRedis::local && options.keeps_history()) {
      report.problem(table_source_of(settings, "channels." + toml_quoted(name) + ".without_redis"),
                     "\"local\" is for channels without a history, whose offsets would be given twice");
    }
  }
}

void check_storage(const Settings& settings, Report& report) {
  const bool stores = !settings.server.data_dir.empty();
  if (stores && !settings.server.redis.url.empty()) {
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
    const Source at = table_source_of(settings, key);
    if (!options.lasts()) {
      report.problem(at, "is for channels with persistent = true and a history");
    } else if (settings.server.redis.enabled() && options.durability == channels::Durability::written) {
      report.problem(at, "is memory or synced on Redis (redis_url)");
    } else if (!stores && !settings.server.redis.enabled()) {
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

void check_rate_classes(const Settings& settings, Report& report) {
  const auth::RateClasses& classes = settings.server.rates.classes;
  std::vector<std::string> names;
  for (const auto& [name, limits] : classes) {
    names.push_back(name);
  }
  for (std::size_t i = 0; i < settings.users.size(); ++i) {
    const std::string& name = settings.users[i].rate_class;
    if (!name.empty() && !classes.contains(name)) {
      report.problem(table_source_of(settings, "auth.users." + std::to_string(i) + ".rate_class"),
                     excerpt(name) + " is no class of [rate.class]" + suggestion(name, names));
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

bool is_lower_case_token(std::string_view name) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return !name.empty() && protocol::is_all(protocol::ByteClass::token, name) &&
         std::none_of(name.begin(), name.end(), is_upper);
}

void check_webhook(const Settings& settings, Report& report) {
  const core::WebhookOptions& webhook = settings.server.webhook;
  if (!webhook.enabled()) {
    return;
  }
  if (!webhook.url.starts_with("https://") && !webhook.url.starts_with("http://")) {
    report.problem(source_of(settings, "auth.webhook.url"), "must begin with https:// or http://");
  }
  if (webhook.timeout >= settings.server.authentication_timeout) {
    report.problem(source_of(settings, "auth.webhook.timeout"),
                   "must be shorter than auth.timeout, which is " +
                       std::to_string(settings.server.authentication_timeout.count()) +
                       " ms: clients would be closed before there is an answer");
  }
  for (const std::string& name : webhook.headers) {
    if (!is_lower_case_token(name)) {
      report.problem(source_of(settings, "auth.webhook.headers"), "\"" + name + "\" is no header's name in lower case");
    }
  }
  if (!webhook.secret.empty() && !protocol::is_all(protocol::ByteClass::field_value, webhook.secret)) {
    report.problem(source_of(settings, "auth.webhook.secret"), "has characters that no header may have");
  }
  if (!webhook.ca_file.empty() && !std::ifstream(webhook.ca_file)) {
    report.problem(source_of(settings, "auth.webhook.ca_file"), webhook.ca_file + " cannot be read");
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
  check_redis(settings, report);
  check_storage(settings, report);
  check_without_redis(settings, report);
  check_rate_classes(settings, report);
  check_outbox(settings, report);
  check_webhook(settings, report);
  const bool certificates_tell = settings.ssl.value_or(false) && settings.client_certs != "off";
  const bool tokens_tell = !settings.users.empty() || settings.jwt.enabled() || settings.server.webhook.enabled();
  if (settings.server.policy.auth_enabled && !tokens_tell && !certificates_tell) {
    report.problem(source_of(settings, "auth.enabled"),
                   "nobody could authenticate: it needs at least one [[auth.users]], a key of [auth.jwt], "
                   "auth.webhook.url, or tls.client_certs");
  }
}

}  // namespace sentix::tools
