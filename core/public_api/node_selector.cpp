#include "sentix/node_selector.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <mutex>
#include <random>
#include <stdexcept>

namespace sentix {
namespace {

struct Known {
  Node node;
  std::string name;
  std::size_t connections = 0;
  bool healthy = true;
};

enum class Strategy : std::uint8_t { round_robin, random, least_connections, hash };

Strategy parse_strategy(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNames{"round_robin", "random", "least_connections", "hash"};
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    throw std::invalid_argument("there is no strategy \"" + std::string(name) +
                                "\": it is round_robin, random, least_connections or hash");
  }
  return static_cast<Strategy>(found - kNames.begin());
}

// FNV-1a, whose bits are then mixed (the finalizer of MurmurHash3): alike names must not have alike hashes.
std::uint64_t hash_of(std::string_view node, std::string_view key) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::string_view text : {node, std::string_view("\0", 1), key}) {
    for (const char c : text) {
      hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
    }
  }
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33U);
}

}  // namespace

Node parse_node(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon);
  const std::string_view digits = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool one_host = bracketed || (!host.empty() && host.find_first_of(":[]/ ") == std::string_view::npos);
  if (!one_host || error != std::errc() || end != digits.data() + digits.size() || port == 0 ||
      port > std::numeric_limits<std::uint16_t>::max()) {
    throw std::invalid_argument("\"" + std::string(text) + "\" is no node: HOST:PORT, such as 127.0.0.1:8080");
  }
  return {.host = std::string(bracketed ? host.substr(1, host.size() - 2) : host),
          .port = static_cast<std::uint16_t>(port)};
}

std::string to_text(const Node& node) {
  const bool bracketed = node.host.find(':') != std::string::npos;
  return (bracketed ? '[' + node.host + ']' : node.host) + ':' + std::to_string(node.port);
}

struct NodeSelector::Impl {
  std::mutex mutex;
  Strategy strategy;
  std::vector<Known> known = {};
  std::size_t turn = 0;  // where round robin goes on
  std::mt19937_64 random{std::random_device()()};

  Known* find(const Node& node) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const Known& one) { return one.node == node; });
    return found == known.end() ? nullptr : &*found;
  }

  [[nodiscard]] bool none_is_healthy() const {
    return std::none_of(known.begin(), known.end(), [](const Known& one) { return one.healthy; });
  }

  Known& choose(std::string_view key);
};

// Of those that may be chosen, in the order from the present turn on, the one with the lowest rank; of equals the
// first.
Known& NodeSelector::Impl::choose(std::string_view key) {
  const bool any = none_is_healthy();
  const auto rank = [&](const Known& one) -> std::uint64_t {
    switch (strategy) {
      case Strategy::round_robin:
        return 0;
      case Strategy::random:
        return random();
      case Strategy::least_connections:
        return one.connections;
      case Strategy::hash:  // highest random weight (Thaler and Ravishankar): a node that goes takes no others' keys
                            // along
        return hash_of(one.name, key);
    }
    return 0;
  };
  std::size_t best = known.size();
  std::uint64_t lowest = 0;
  for (std::size_t i = 0; i < known.size(); ++i) {
    const std::size_t at = (turn + i) % known.size();
    if (!any && !known[at].healthy) {
      continue;
    }
    const std::uint64_t its = rank(known[at]);
    if (best == known.size() || its < lowest) {
      best = at;
      lowest = its;
    }
  }
  turn = best + 1;
  return known[best];
}

NodeSelector::NodeSelector(const std::vector<Node>& nodes, std::string_view strategy)
    : impl_(new Impl{.mutex = {}, .strategy = parse_strategy(strategy)}) {
  for (const Node& node : nodes) {
    add(node);
  }
}

NodeSelector::~NodeSelector() = default;
NodeSelector::NodeSelector(NodeSelector&&) noexcept = default;
NodeSelector& NodeSelector::operator=(NodeSelector&&) noexcept = default;

Node NodeSelector::next(std::string_view key) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->known.empty()) {
    throw std::out_of_range("there is no node to choose");
  }
  return impl_->choose(key).node;
}

void NodeSelector::add(const Node& node) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->find(node) == nullptr) {
    impl_->known.push_back({.node = node, .name = to_text(node)});
  }
}

void NodeSelector::remove(const Node& node) {
  const std::lock_guard lock(impl_->mutex);
  if (const Known* const found = impl_->find(node); found != nullptr) {
    const auto index = static_cast<std::size_t>(found - impl_->known.data());
    impl_->turn -= impl_->turn > index ? 1 : 0;  // the next one stays the next one
    impl_->known.erase(impl_->known.begin() + static_cast<std::ptrdiff_t>(index));
  }
}

void NodeSelector::set_healthy(const Node& node, bool healthy) {
  const std::lock_guard lock(impl_->mutex);
  if (Known* const found = impl_->find(node)) {
    found->healthy = healthy;
  }
}

void NodeSelector::opened(const Node& node) {
  const std::lock_guard lock(impl_->mutex);
  if (Known* const found = impl_->find(node)) {
    ++found->connections;
  }
}

void NodeSelector::closed(const Node& node) {
  const std::lock_guard lock(impl_->mutex);
  if (Known* const found = impl_->find(node); found != nullptr && found->connections > 0) {
    --found->connections;
  }
}

void NodeSelector::set_connections(const Node& node, std::size_t connections) {
  const std::lock_guard lock(impl_->mutex);
  if (Known* const found = impl_->find(node)) {
    found->connections = connections;
  }
}

std::vector<Node> NodeSelector::nodes() const {
  const std::lock_guard lock(impl_->mutex);
  std::vector<Node> nodes;
  for (const Known& one : impl_->known) {
    nodes.push_back(one.node);
  }
  return nodes;
}

}  // namespace sentix
