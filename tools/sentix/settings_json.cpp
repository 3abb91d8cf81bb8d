#include "tools/sentix/settings_json.h"

#include <optional>
#include <string_view>

#include "protocol/json_text.h"
#include "tools/sentix/channel_table.h"
#include "tools/sentix/rate_class_table.h"
#include "tools/sentix/settings_table.h"
#include "tools/sentix/toml_text.h"

namespace sentix::tools {

namespace {

struct Row {
  std::string key;
  std::string_view group;
  std::optional<std::string> value;
  Source source;
  std::string_view help;
  bool live;
  bool secret = false;
};

void append(std::string& out, const Row& row) {
  const auto member = [&](std::string_view name, std::string_view text) {
    out.append(",\"").append(name).append("\":");
    protocol::append_quoted(out, text);
  };
  out += "{\"key\":";
  protocol::append_quoted(out, row.key);
  member("group", row.group);
  if (row.value && !row.secret) {
    member("value", *row.value);
  }
  member("source", place_text(row.source));
  member("help", row.help);
  out += row.live ? R"(,"live":true)" : R"(,"live":false)";
  out += row.secret && row.value ? R"(,"secret":true},)" : R"(,"secret":false},)";
}

template <typename S>
std::optional<std::string> text_of(const Setting<S>& setting, const S& values) {
  const auto value = setting.binding.get(values);
  return value ? std::optional(toml_text(setting.shape.kind, *value)) : std::nullopt;
}

void append_class(std::string& out, const Settings& settings, const std::string& name, const auth::RateClass& limits) {
  for (const auto& setting : rate_class_table()) {
    if (const auto value = text_of(setting, limits)) {
      const std::string key = auth::setting_of_class(name) + "." + std::string(setting.key);
      append(out, {.key = key,
                   .group = "How fast",
                   .value = value,
                   .source = table_source_of(settings, key),
                   .help = setting.help,
                   .live = true});
    }
  }
}

// With what a channel that says nothing of its history has for one.
void append_channel(std::string& out, const Settings& settings, const std::string& name,
                    channels::ChannelOptions options) {
  options.history_size = options.history_size_in_force();
  options.history_ttl = options.history_ttl_in_force();
  const ChannelDraft draft = draft_of(options);
  const std::string table = "channels." + toml_quoted(name) + ".";
  for (const auto& setting : channel_table()) {
    const std::string key = table + std::string(setting.key);
    append(out, {.key = key,
                 .group = "Channels",
                 .value = text_of(setting, draft),
                 .source = table_source_of(settings, key),
                 .help = setting.help,
                 .live = true});
  }
}

}  // namespace

std::string settings_json(const Settings& settings, const Settings& started) {
  std::string out = R"({"settings":[)";
  for (const auto& setting : settings_table()) {
    const Settings& of = setting.live ? settings : started;
    append(out, {.key = std::string(setting.key),
                 .group = setting.group,
                 .value = text_of(setting, of),
                 .source = source_of(of, setting.key),
                 .help = setting.help,
                 .live = setting.live,
                 .secret = setting.secret});
  }
  append(out, {.key = "auth.users",
               .group = "Authentication",
               .value = std::to_string(settings.users.size()),
               .source = {},
               .help = "How many users are configured.",
               .live = true});
  for (const auto& [name, limits] : settings.server.rates.classes) {
    append_class(out, settings, name, limits);
  }
  for (const auto& [name, options] : settings.server.channels) {
    append_channel(out, settings, name, options);
  }
  out.back() = ']';
  return out + '}';
}

}  // namespace sentix::tools
