#include "channels/channel_rules.h"

#include <algorithm>
#include <mutex>

#include "auth/pattern.h"

namespace sentix::channels {

ChannelRules::ChannelRules() : defaults_(std::make_shared<const ChannelOptions>()) {}

void ChannelRules::define(std::string name_or_pattern, const ChannelOptions& options) {
  const std::unique_lock lock(mutex_);
  insert(std::move(name_or_pattern), options);
  generation_.fetch_add(1, std::memory_order_release);
}

void ChannelRules::redefine(const Definitions& former, const Definitions& now) {
  const std::unique_lock lock(mutex_);
  for (const auto& [name_or_pattern, options] : former) {
    forget(name_or_pattern);
  }
  for (const auto& [name_or_pattern, options] : now) {
    insert(name_or_pattern, options);
  }
  generation_.fetch_add(1, std::memory_order_release);
}

void ChannelRules::forget(const std::string& name_or_pattern) {
  exact_.erase(name_or_pattern);
  std::erase_if(patterns_, [&](const Pattern& p) { return p.first == name_or_pattern; });
}

void ChannelRules::insert(std::string name_or_pattern, const ChannelOptions& options) {
  auto snapshot = std::make_shared<const ChannelOptions>(options);
  if (auth::is_pattern(name_or_pattern)) {
    insert_pattern(std::move(name_or_pattern), std::move(snapshot));
  } else {
    exact_.insert_or_assign(std::move(name_or_pattern), std::move(snapshot));
  }
}

void ChannelRules::insert_pattern(std::string pattern, ChannelOptionsPtr options) {
  const auto same =
      std::find_if(patterns_.begin(), patterns_.end(), [&](const Pattern& p) { return p.first == pattern; });
  if (same != patterns_.end()) {
    same->second = std::move(options);
    return;
  }
  const auto less_specific = std::find_if(patterns_.begin(), patterns_.end(), [&](const Pattern& p) {
    return auth::specificity(p.first) < auth::specificity(pattern);
  });
  patterns_.emplace(less_specific, std::move(pattern), std::move(options));
}

ChannelRules::Rule ChannelRules::find(std::string_view channel) const {
  const std::shared_lock lock(mutex_);
  if (const auto exact = exact_.find(channel); exact != exact_.end()) return {exact->second, true};
  for (const auto& [pattern, options] : patterns_) {
    if (auth::matches(pattern, channel)) return {options, false};
  }
  return {defaults_, false};
}

}  // namespace sentix::channels
