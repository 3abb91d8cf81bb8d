#pragma once

#include <string>
#include <string_view>

#include "tools/sentix/report.h"
#include "tools/sentix/settings.h"

namespace sentix::tools {

// Puts what a config file (TOML 1.0) says into the settings. `path` is what the file is called in messages.
//
// Every wrong value and every unknown key is reported with its line, the latter with the nearest known one; only where
// the text is no TOML at all, the first place of that is reported alone. What is right is taken nonetheless, so that
// whoever shows settings can.
//
//   port = 9000                      any key of settings_table(); durations and sizes as texts or as numbers of seconds
//   and bytes
//
//   [auth]
//   enabled = true
//   [[auth.users]]                   as often as there are users
//   username = "john_doe"
//   token_sha256 = "64 hex digits"
//   info = { name = "John" }         any value; shown as JSON in presence lists
//   permissions = ["news-*", { pattern = "staff", publish = false }]     the private channels open to the user;
//   without: all
//   rate_class = "gold"              one of the next; without: the general limits
//
//   [rate.class.gold]                as often as there are classes; the keys of rate_class_table()
//   messages_per_connection = "1000/s"
//
//   [[tls.certificates]]             as often as there are certificates besides ssl_cert_path
//   cert = "other.pem"
//   key = "other.key"
//
//   [channels."news-*"]              a name or a pattern; the keys of channel_table()
//   persistent = true
void apply_config(std::string_view text, const std::string& path, Settings& settings, Report& report);

}  // namespace sentix::tools
