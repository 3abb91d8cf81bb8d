#include "tools/sentix/channel_table.h"
#include "tools/sentix/config_section.h"
#include "tools/sentix/toml_text.h"

namespace sentix::tools {

namespace {

// What `file` says of one channel.
void read_channel(const ConfigFile& file, const toml::key& key, const toml::node& node, Settings& settings) {
  const std::string path = "channels." + toml_quoted(key.str());
  if (!valid_channel_pattern(key.str())) {
    file.problem(key, path, "is not a channel's name or pattern: 1 to 200 of A-Z a-z 0-9 _ = @ , . ; : / # - and *");
    return;
  }
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    file.problem(node, path, "must be a table: [" + path + "]");
    return;
  }
  ChannelDraft draft;
  read_section(file, *table, path + ".", channel_table(), draft);
  note_sources(file, *table, path + ".", path + ".", settings);
  settings.server.channels.emplace_back(key.str(), finished(draft));
}

}  // namespace

void read_channels(const ConfigFile& file, const toml::node& node, Settings& settings) {
  const toml::table* const channels = node.as_table();
  if (channels == nullptr) {
    file.problem(node, "channels", "must be tables: [channels.\"NAME\"]");
    return;
  }
  for (const auto& [key, value] : *channels) {
    read_channel(file, key, value, settings);
  }
}

}  // namespace sentix::tools
