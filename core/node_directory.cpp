#include "core/node_directory.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/admin/time_text.h"
#include "protocol/json_writer.h"

namespace sentix::core {
namespace {

constexpr std::size_t kBytesOfEach = 300;  // an estimate
constexpr std::size_t kUrlBytesMax = 2048;
constexpr std::uint64_t kPermille = 1000;

std::string share_text(std::uint64_t permille) {
  const std::string digits = std::to_string(kPermille + std::min(permille, kPermille));  // 1042 for 42
  return (permille < kPermille ? "0." : "1.") + digits.substr(1);
}

void write(protocol::JsonWriter& out, const NodeRecord& node) {
  out.open('{').key("id").string(node.id);
  if (!node.url.empty()) {
    out.key("url").string(node.url);
  }
  out.key("healthy").boolean(node.healthy()).key("state").string(node.draining ? "draining" : "up");
  out.key("connections").number(node.connections).key("load").raw(share_text(node.load_permille));
  out.key("version").string(node.version).key("started_at");
  out.string(time_text(std::chrono::system_clock::time_point(std::chrono::milliseconds(node.started_ms)))).close('}');
}

bool by_id(const NodeRecord& one, const NodeRecord& other) {
  return std::tie(one.id, one.process) < std::tie(other.id, other.process);
}

// Whether `node` is gone or going, and `successor` has its address.
bool succeeds(const NodeRecord& successor, const NodeRecord& node) {
  return !node.url.empty() && successor.url == node.url && successor.process != node.process &&
         std::tie(successor.started_ms, successor.process) > std::tie(node.started_ms, node.process);
}

bool starts_with_one_of(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [text](std::string_view beginning) { return text.starts_with(beginning); });
}

}  // namespace

void NodeDirectory::set_self(NodeRecord self) {
  const std::lock_guard lock(mutex_);
  self_ = std::move(self);
}

NodeRecord NodeDirectory::self() const {
  const std::lock_guard lock(mutex_);
  return self_;
}

void NodeDirectory::tell(std::vector<NodeRecord> nodes, bool complete, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!complete) {
    for (NodeRecord& known : others_) {
      const auto same = [&known](const NodeRecord& node) { return node.process == known.process; };
      if (std::none_of(nodes.begin(), nodes.end(), same)) {
        nodes.push_back(std::move(known));
      }
    }
  }
  others_.clear();
  for (const NodeRecord& node : nodes) {
    const auto outdoes = [&node](const NodeRecord& other) { return succeeds(other, node); };
    if (node.process != self_.process && !outdoes(self_) && std::none_of(nodes.begin(), nodes.end(), outdoes)) {
      others_.push_back(node);
    }
  }
  std::sort(others_.begin(), others_.end(), by_id);
  told_at_ = now;
  told_ = true;
}

std::string NodeDirectory::to_json(Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  protocol::JsonWriter out(kBytesOfEach * (others_.size() + 1));
  out.open('{').key("nodes").open('[');
  const auto place = std::upper_bound(others_.begin(), others_.end(), self_, by_id);
  std::for_each(others_.begin(), place, [&out](const NodeRecord& node) { write(out, node); });
  write(out, self_);
  std::for_each(place, others_.end(), [&out](const NodeRecord& node) { write(out, node); });
  out.close(']');
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(std::max(now, told_at_) - told_at_);
  if (told_) {
    out.key("age_ms").number(static_cast<std::uint64_t>(age.count()));
  }
  out.key("stale").boolean(!told_ || age > kLease).close('}');
  const protocol::SharedFrame frame = std::move(out).finish();
  const auto payload = frame.payload();
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

std::string node_url(const std::string& advertise, const std::string& bound) {
  if (!advertise.empty()) {
    return advertise;
  }
  const std::string_view address = std::string_view(bound).substr(std::min(bound.size(), bound.find("://") + 3));
  return is_node_url(bound) && !starts_with_one_of(address, {"0.0.0.0:", "[::]:"}) ? bound : std::string();
}

bool is_node_url(const std::string& url) {
  const std::size_t host = url.find("://") + 3;
  return starts_with_one_of(url, {"ws://", "wss://"}) && url.size() > host && url[host] != '/' &&
         url.size() <= kUrlBytesMax &&
         std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace sentix::core
