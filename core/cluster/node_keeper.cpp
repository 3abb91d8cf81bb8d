#include "core/cluster/node_keeper.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <system_error>
#include <utility>

#include "core/listening_socket.h"

namespace sentix::core {
namespace {

constexpr std::chrono::milliseconds kStartingInterval(200);  // a node that starts is to be seen as soon as it serves

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

bool is_to_answer(NodeState state) {
  return state == NodeState::starting || state == NodeState::up || state == NodeState::unready;
}

std::string in_seconds(std::chrono::milliseconds time) {
  const auto tenths = (time.count() + 99) / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

NodeKeeper::NodeKeeper(uv_loop_t* loop, const ClusterOptions& options, ClusterMember& member, NodeWatcher& watcher)
    : loop_(loop), options_(options), member_(member), watcher_(watcher), admin_port_(member.admin_port) {}

void NodeKeeper::look_after(NodeLife::Time now) {
  notice_end(now);
  if (check_) {
    check_->look(now);
  }
  if (health_) {
    notice_health();
    next_check_ = now + (member_.life.state() == NodeState::starting ? kStartingInterval : options_.probe_interval);
  }
  ask_for_health(now);
  switch (const NodeAction action = member_.life.step(now)) {
    case NodeAction::spawn:
      spawn(now);
      break;
    case NodeAction::terminate:
    case NodeAction::kill:
      end(action);
      break;
    case NodeAction::none:
      break;
  }
  if (std::exchange(told_, member_.life.state()) != member_.life.state()) {
    watcher_.changed();
  }
}

void NodeKeeper::notice_end(NodeLife::Time now) {
  const auto how = process_ ? process_->ended() : std::nullopt;
  if (!how) {
    return;
  }
  const bool in_order = member_.life.state() == NodeState::draining;
  check_.reset();
  health_.reset();
  process_.reset();
  trouble_ = *how;
  member_.life.ended(now, static_cast<std::uint32_t>(random_()));
  if (member_.life.leaving()) {
    report(LogLevel::info, "has gone");
  } else if (in_order) {
    report(LogLevel::info, "has ended, and is started again");
  } else {
    const auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(member_.life.next_start() - now);
    report(LogLevel::error, *how + "; it is started again in " + in_seconds(pause));
  }
}

void NodeKeeper::notice_health() {
  const Health health = *std::exchange(health_, std::nullopt);
  check_.reset();
  const NodeState before = member_.life.state();
  if (health.alive) {
    member_.life.answered(health.ready);
  } else {
    member_.life.did_not_answer();
  }
  if (before != NodeState::starting || health.alive) {
    trouble_ = health.trouble;
  }
  if (const NodeState state = member_.life.state(); state != before) {
    const bool up = state == NodeState::up;
    report(up ? LogLevel::info : LogLevel::warning, up ? "is up" : "is not ready: " + trouble_);
  }
}

void NodeKeeper::ask_for_health(NodeLife::Time now) {
  if (process_ && !check_ && is_to_answer(member_.life.state()) && now >= next_check_) {
    check_.emplace(loop_, admin_port_, now + options_.probe_timeout,
                   [this](const Health& health) { health_ = health; });
  }
}

void NodeKeeper::spawn(NodeLife::Time now) {
  try {
    admin_port_ = member_.admin_port;
    if (admin_port_ == 0) {  // one that is free at this moment; where another takes it first, the node ends
      admin_port_ = listen_on({.host = "127.0.0.1"}).port;
    }
    process_.emplace(loop_, find_program(options_.binary), words(),
                     [this](std::string_view line) { watcher_.output(member_.id, line); });
    next_check_ = now + kStartingInterval;
    member_.life.spawned(now);
  } catch (const std::system_error& error) {
    process_.reset();
    trouble_ = std::string("cannot be started: ") + error.what();
    member_.life.ended(now, static_cast<std::uint32_t>(random_()));
    report(LogLevel::error, trouble_);
  }
}

void NodeKeeper::end(NodeAction how) {
  if (how == NodeAction::terminate) {
    report(LogLevel::info, "drains");
    process_->signal(SIGTERM);
  } else {
    report(LogLevel::warning,
           member_.life.hung() ? "does not answer: it is killed" : "has not ended in time: it is killed");
    process_->signal(SIGKILL);
  }
}

std::vector<std::string> NodeKeeper::words() const {
  std::vector<std::string> words{"serve"};
  words.insert(words.end(), options_.arguments.begin(), options_.arguments.end());
  const std::string port = std::to_string(member_.node.port);
  words.insert(words.end(), {"--node-id=" + member_.id, "--host=" + member_.node.host, "--port=" + port,
                             "--admin=127.0.0.1:" + std::to_string(admin_port_)});
  if (!options_.advertise.empty()) {
    words.push_back("--advertise=" + replaced(options_.advertise, "{port}", port));
  }
  return words;
}

void NodeKeeper::report(LogLevel level, const std::string& what) {
  watcher_.report(level, member_.id + " (" + to_text(member_.node) + ") " + what);
  watcher_.changed();
}

void NodeKeeper::reload() const {
  if (process_ && member_.life.state() != NodeState::starting) {
    process_->signal(SIGHUP);
  }
}

void NodeKeeper::close() {
  check_.reset();
  process_.reset();
}

NodeStatus NodeKeeper::status() const {
  NodeStatus status;
  status.id = member_.id;
  status.node = member_.node;
  status.state = member_.life.state();
  status.admin_port = admin_port_;
  status.process = process_ ? process_->id() : 0;
  status.restarts = std::max<std::size_t>(member_.life.spawns(), 1) - 1;
  status.trouble = status.state == NodeState::up ? "" : trouble_;
  return status;
}

}  // namespace sentix::core
