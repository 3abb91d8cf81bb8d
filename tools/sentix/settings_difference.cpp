#include "tools/sentix/settings_difference.h"

#include <algorithm>

#include "tools/sentix/channel_table.h"
#include "tools/sentix/settings_table.h"

namespace sentix::tools {

namespace {

bool same_grants(const auth::Grant& a, const auth::Grant& b) {
  return a.pattern == b.pattern && a.subscribe == b.subscribe && a.publish == b.publish && a.presence == b.presence;
}

bool same_user(const auth::User& a, const auth::User& b) {
  const bool same_list =
      a.grants.has_value() == b.grants.has_value() &&
      (!a.grants || std::equal(a.grants->begin(), a.grants->end(), b.grants->begin(), b.grants->end(), same_grants));
  return same_list && a.username == b.username && a.token_sha256 == b.token_sha256 && a.info == b.info &&
         a.rate_class == b.rate_class;
}

using NamedChannel = std::pair<std::string, channels::ChannelOptions>;

bool same_channel(const NamedChannel& a, const NamedChannel& b) {
  const ChannelDraft of_a = draft_of(a.second);
  const ChannelDraft of_b = draft_of(b.second);
  const auto rows = channel_table();
  return a.first == b.first && std::all_of(rows.begin(), rows.end(), [&](const auto& row) {
           return row.binding.get(of_a) == row.binding.get(of_b);
         });
}

template <typename T>
bool same(const std::vector<T>& a, const std::vector<T>& b, bool (*same_entry)(const T&, const T&)) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_entry);
}

}  // namespace

std::vector<std::string> settings_difference(const Settings& a, const Settings& b) {
  std::vector<std::string> keys;
  for (const auto& setting : settings_table()) {
    if (setting.binding.get(a) != setting.binding.get(b)) {
      keys.emplace_back(setting.key);
    }
  }
  if (!same(a.users, b.users, same_user)) {
    keys.emplace_back("auth.users");
  }
  if (a.certificates != b.certificates) {
    keys.emplace_back("tls.certificates");
  }
  if (a.server.rates.classes != b.server.rates.classes) {
    keys.emplace_back("rate.class");
  }
  if (!same(a.server.channels, b.server.channels, same_channel)) {
    keys.emplace_back("channels");
  }
  return keys;
}

bool is_live(std::string_view key, const Settings& a, const Settings& b) {
  const Setting<Settings>* const setting = find_setting(key);
  const bool live = setting == nullptr || setting->live;  // tables such as those of users and channels are
  const bool of_tls = key.starts_with("ssl_") || key.starts_with("tls.");
  return live && (!of_tls || (a.ssl.value_or(false) && b.ssl.value_or(false)));
}

}  // namespace sentix::tools
