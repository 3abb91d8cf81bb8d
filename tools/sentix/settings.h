#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/user_list.h"
#include "core/jwt/jwt_options.h"
#include "core/options.h"
#include "tools/sentix/source.h"

namespace sentix::tools {

// Everything that the binary can be told, with its defaults. What the server knows by itself stands in `server`, so
// that its defaults are written once, in core/options.h; the rest is what only the binary does.
struct Settings {
  core::Options server = [] {
    core::Options options;
    options.workers = 0;  // one for each processor
    return options;
  }();

  bool enabled = true;
  std::string handover;  // the path; empty: none
  std::string page;      // "chat" or "none"; empty: by the address

  // A certificate of [[tls.certificates]], and where it stands.
  struct ListedCertificate {
    core::CertificateFiles files;
    Source source;
    bool operator==(const ListedCertificate& other) const { return files == other.files; }
  };

  std::string proxy_protocol = "off";                // or "v1v2"
  std::string forwarded_header = "x-forwarded-for";  // or "forwarded", "none"

  std::optional<bool> ssl;  // without: where both paths are set, or certificates listed
  std::string ssl_cert_path;
  std::string ssl_key_path;
  std::vector<ListedCertificate> certificates;  // besides
  std::string client_certs = "off";             // or "optional", "required"

  std::string log_channel = "stderr";
  std::string log_format = "text";  // or "json"
  std::string log_level = "info";   // "debug" and server.debug go together
  std::uint64_t log_repeats = 20;
  std::string log_path = "storage/logs/websocket.log";
  std::uint64_t log_max_bytes = 100 << 20;
  std::uint64_t log_files = 5;
  std::uint64_t log_days = 14;
  std::string error_log;

  std::string admin = "127.0.0.1:9180";  // or "off"

  std::vector<auth::User> users;
  core::JwtOptions jwt;                 // its algorithm is made of the next one
  std::string jwt_algorithm = "HS256";  // or "HS384", "HS512": of jwt.secret

  // Where the settings that are not defaults came from, by key. The keys belong to the table of settings.
  std::map<std::string_view, Source> sources;
  // The same of what stands in the tables of users, rate classes and channels, by `auth.users.0.info`,
  // `channels."news".persistent`.
  std::map<std::string, Source> table_sources;
};

// Where `key` came from, or would be set: the flag, the variable, the line of a file; for a default the key itself.
[[nodiscard]] inline Source source_of(const Settings& settings, std::string_view key) {
  const auto found = settings.sources.find(key);
  return found == settings.sources.end() ? Source{.name = std::string(key)} : found->second;
}

// The same of a key of Settings::table_sources.
[[nodiscard]] inline Source table_source_of(const Settings& settings, const std::string& key) {
  const auto found = settings.table_sources.find(key);
  return found == settings.table_sources.end() ? Source{.name = key} : found->second;
}

}  // namespace sentix::tools
