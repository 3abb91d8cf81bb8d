#include "tools/sentix/config_writer.h"

#include <algorithm>

#include "tools/sentix/channel_table.h"
#include "tools/sentix/rate_class_table.h"
#include "tools/sentix/settings_table.h"
#include "tools/sentix/toml_json.h"
#include "tools/sentix/toml_text.h"
#include "tools/sentix/wrap.h"

namespace sentix::tools {

namespace {

constexpr std::size_t kWidth = 98;
constexpr std::size_t kSourceColumn = 44;
constexpr std::size_t kHelpColumn = 56;  // of a class's limits, which have long names
constexpr std::string_view kMask = "\"********\"";

constexpr std::string_view kIntroduction =
    "# The settings of sentix. Each one can also be given by its flag or by its variable in the environment or in "
    ".env;\n"
    "# a flag comes before the environment, the environment before .env, .env before this file, this file before the "
    "default.\n"
    "#\n"
    "# Durations are numbers of seconds or texts such as \"500ms\", \"30s\", \"10m\"; sizes are numbers of bytes or "
    "texts such as\n"
    "# \"64KiB\" and \"1MiB\". `sentix config check` finds what is wrong, `sentix config show` tells what is in "
    "force.\n"
    "# On SIGHUP this file is read again: what has changed comes into force at once, unless it needs a restart.\n";

constexpr std::string_view kUserExample =
    "\n# One table for each user. Of the token the file has only its hash: printf %s TOKEN | sha256sum\n"
    "# A client sends {\"type\":\"authenticate\",\"credentials\":{\"username\":\"john_doe\",\"token\":\"TOKEN\"}}.\n"
    "#\n"
    "# [[auth.users]]\n"
    "# username = \"john_doe\"\n"
    "# token_sha256 = \"64 hexadecimal digits\"\n"
    "# info = { name = \"John\" }                # shown beside the name where a channel has presence\n"
    "# permissions = [\"news-*\", { pattern = \"staff\", publish = false }]   # of the private channels; without: "
    "all\n"
    "# rate_class = \"gold\"                      # whose limits the user has, see there; without: those of [rate]\n";

constexpr std::string_view kCertificateExample =
    "\n# One table for each certificate besides ssl_cert_path: a client gets the first that is for the host it asks "
    "for.\n"
    "#\n"
    "# [[tls.certificates]]\n"
    "# cert = \"/etc/ssl/example.org.pem\"\n"
    "# key = \"/etc/ssl/private/example.org.pem\"\n";

constexpr std::string_view kRateClassIntroduction =
    "\n# One table for each class of clients with rate limits of its own. A client's class is the claim rate_class of "
    "its token,\n"
    "# or of the webhook's answer, or rate_class of its user; without one it has the limits of [rate]. What stands in "
    "a "
    "class's\n"
    "# table is in place of the limit of that name in [rate], off being none; what does not is as there. Limits of "
    "addresses\n"
    "# and of the server are everybody's. Whoever is of a class that has no table is refused, and the log says so.\n";

constexpr std::string_view kChannelIntroduction =
    "\n# --- Channels ---\n\n"
    "# One table for each channel, by its name, or by a pattern with *, of which the most specific that matches wins. "
    "A channel\n"
    "# that is configured by its name exists from the start.\n";

// A key's table, "auth" or "auth.jwt", and the key in it, "enabled"; a key of the root has the table "".
std::string_view table_of(std::string_view key) {
  const std::size_t dot = key.rfind('.');
  return dot == std::string_view::npos ? "" : key.substr(0, dot);
}
std::string_view key_in_table(std::string_view key) {
  return key.substr(key.rfind('.') + 1);
}

// Calls begin(row) where a heading or a table begins, then write(row), for each setting.
template <typename Begin, typename Write>
void for_each_setting(Begin&& begin, Write&& write) {
  std::string_view group;
  for (const auto& setting : settings_table()) {
    if (setting.group != group) {
      begin(setting);
    }
    group = setting.group;
    write(setting);
  }
}

std::string table_heading(std::string_view key) {
  const std::string_view table = table_of(key);
  return table.empty() ? "" : "[" + std::string(table) + "]\n";
}

template <typename S>
std::string documented(const Setting<S>& setting, const S& values) {
  const auto value = setting.binding.get(values);
  const std::string help = std::string(setting.help) + (setting.live ? "" : " A change needs a restart.");
  std::string out = "\n# " + wrapped(help, kWidth, "# ") + "\n";
  out += std::string(value ? "" : "# ") + std::string(key_in_table(setting.key)) + " = ";
  return out + (value ? toml_text(setting.shape.kind, *value) : std::string(setting.example)) + "\n";
}

std::string class_heading(std::string_view name) {
  return "\n[" + auth::setting_of_class(name) + "]\n";
}

// What a class's table says, one limit a line.
std::string class_values(const auth::RateClass& limits) {
  std::string out;
  for (const auto& row : rate_class_table()) {
    if (const auto value = row.binding.get(limits)) {
      out += std::string(row.key) + " = " + toml_text(row.shape.kind, *value) + "\n";
    }
  }
  return out;
}

std::string class_example() {
  std::string out = "#\n# [rate.class.gold]\n";
  for (const auto& row : rate_class_table()) {
    std::string line = "# " + std::string(row.key) + " = " + std::string(row.example);
    line.resize(std::max<std::size_t>(line.size() + 2, kHelpColumn), ' ');
    out += line + "# " + std::string(row.help) + "\n";
  }
  return out;
}

std::string channel_heading(std::string_view name) {
  return "\n[channels." + toml_quoted(name) + "]\n";
}

// What a channel's table says, one key a line.
std::string channel_values(const channels::ChannelOptions& options) {
  const ChannelDraft draft = draft_of(options);
  std::string out;
  for (const auto& row : channel_table()) {
    if (const auto value = row.binding.get(draft)) {
      out += std::string(row.key) + " = " + toml_text(row.shape.kind, *value) + "\n";
    }
  }
  return out;
}

std::string channel_example() {
  std::string out = "#\n# [channels.\"news-*\"]\n";
  const ChannelDraft defaults;
  for (const auto& row : channel_table()) {
    const auto value = row.binding.get(defaults);
    const std::string text = value ? toml_text(row.shape.kind, *value) : std::string(row.example);
    std::string line = "# " + std::string(row.key) + " = " + text;
    line.resize(std::max<std::size_t>(line.size() + 2, 32), ' ');
    out += line + "# " + std::string(row.help) + "\n";
  }
  return out;
}

// A line of what is in force, with where it came from at its end.
std::string sourced(std::string line, const Source& source) {
  line.resize(std::max(line.size() + 2, kSourceColumn), ' ');
  const bool named = !source.name.empty() && source.line == 0 && source.place != Source{}.place;
  const bool variable = source.name.starts_with("WEBSOCKET_");
  return line + "# " + place_text(source) + (named || variable ? ", " + source.name : "") + "\n";
}

std::string in_force(const Setting<Settings>& setting, const Settings& settings) {
  const auto value = setting.binding.get(settings);
  const std::string key(key_in_table(setting.key));
  if (!value) {
    return sourced("# " + key + " is not set", source_of(settings, setting.key));
  }
  const std::string text = setting.secret ? std::string(kMask) : toml_text(setting.shape.kind, *value);
  return sourced(key + " = " + text, source_of(settings, setting.key));
}

// A line of a user's or a channel's table; `path` is that of Settings::table_sources.
std::string line_in_force(const Settings& settings, const std::string& path, const std::string& key,
                          const std::string& value) {
  return sourced(value.empty() ? "# " + key + " is not set" : key + " = " + value,
                 table_source_of(settings, path + key));
}

std::string grant_text(const auth::Grant& grant) {
  std::string pattern = toml_quoted(grant.pattern);
  if (grant.subscribe && grant.publish && grant.presence) {
    return pattern;
  }
  std::string out = "{ pattern = " + pattern;
  out += grant.subscribe ? "" : ", subscribe = false";
  out += grant.publish ? "" : ", publish = false";
  out += grant.presence ? "" : ", presence = false";
  return out + " }";
}

// Without a list a user has all permissions, which is something else than an empty one.
std::string grants_text(const std::optional<std::vector<auth::Grant>>& grants) {
  if (!grants) {
    return {};
  }
  std::string out;
  for (const auth::Grant& grant : *grants) {
    out += (out.empty() ? "" : ", ") + grant_text(grant);
  }
  return "[" + out + "]";
}

std::string user_in_force(const Settings& settings, std::size_t index) {
  const auth::User& user = settings.users[index];
  const std::string path = "auth.users." + std::to_string(index) + ".";
  return "\n[[auth.users]]\n" + line_in_force(settings, path, "username", toml_quoted(user.username)) +
         line_in_force(settings, path, "token_sha256", std::string(kMask)) +
         line_in_force(settings, path, "info", to_toml(user.info)) +
         line_in_force(settings, path, "permissions", grants_text(user.grants)) +
         line_in_force(settings, path, "rate_class", user.rate_class.empty() ? "" : toml_quoted(user.rate_class));
}

std::string class_in_force(const Settings& settings, const std::string& name, const auth::RateClass& limits) {
  std::string out = class_heading(name);
  for (const auto& row : rate_class_table()) {
    if (const auto value = row.binding.get(limits)) {
      out += line_in_force(settings, auth::setting_of_class(name) + ".", std::string(row.key),
                           toml_text(row.shape.kind, *value));
    }
  }
  return out;
}

// With what a channel that says nothing of its history has for one.
std::string channel_in_force(const Settings& settings, const std::string& name, channels::ChannelOptions options) {
  options.history_size = options.history_size_in_force();
  options.history_ttl = options.history_ttl_in_force();
  const ChannelDraft draft = draft_of(options);
  std::string out = channel_heading(name);
  for (const auto& row : channel_table()) {
    const auto value = row.binding.get(draft);
    out += line_in_force(settings, "channels." + toml_quoted(name) + ".", std::string(row.key),
                         value ? toml_text(row.shape.kind, *value) : std::string());
  }
  return out;
}

std::string settings_for_a_start() {
  std::string keys;
  for (const auto& setting : settings_table()) {
    if (!setting.live) {
      keys += (keys.empty() ? "" : ", ") + std::string(setting.key);
    }
  }
  return keys;
}

std::string certificate_values(const core::CertificateFiles& files) {
  return "\n[[tls.certificates]]\ncert = " + toml_quoted(files.chain) + "\nkey = " + toml_quoted(files.key) + "\n";
}

}  // namespace

std::string config_file_text(const Settings& settings) {
  std::string out(kIntroduction);
  for_each_setting(
      [&](const auto& setting) {
        out += "\n# --- " + std::string(setting.group) + " ---\n";
        if (const std::string heading = table_heading(setting.key); !heading.empty()) {
          out += "\n" + heading;
        }
      },
      [&](const auto& setting) { out += documented(setting, settings); });
  out.append(kUserExample).append(kCertificateExample);
  for (const Settings::ListedCertificate& certificate : settings.certificates) {
    out += certificate_values(certificate.files);
  }
  out.append(kRateClassIntroduction).append(class_example());
  for (const auto& [name, limits] : settings.server.rates.classes) {
    out += class_heading(name) + class_values(limits);
  }
  out.append(kChannelIntroduction).append(channel_example());
  for (const auto& [name, options] : settings.server.channels) {
    out += channel_heading(name) + channel_values(options);
  }
  return out;
}

std::string config_in_force_text(const Settings& settings) {
  std::string out = "# On SIGHUP a change comes into force, but for these, which need a restart:\n# " +
                    wrapped(settings_for_a_start(), kWidth, "# ") + "\n";
  for_each_setting([&](const auto& setting) { out += "\n" + table_heading(setting.key); },
                   [&](const auto& setting) { out += in_force(setting, settings); });
  for (std::size_t i = 0; i < settings.users.size(); ++i) {
    out += user_in_force(settings, i);
  }
  for (const Settings::ListedCertificate& certificate : settings.certificates) {
    out += certificate_values(certificate.files);
  }
  for (const auto& [name, limits] : settings.server.rates.classes) {
    out += class_in_force(settings, name, limits);
  }
  for (const auto& [name, options] : settings.server.channels) {
    out += channel_in_force(settings, name, options);
  }
  return out;
}

}  // namespace sentix::tools
