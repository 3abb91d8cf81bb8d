#include "core/cluster/supervisor.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "core/cluster/status_lines.h"
#include "core/listening_socket.h"

namespace sentix::core {
namespace {

constexpr std::uint64_t kTickMs = 100;
constexpr std::chrono::milliseconds kStartingInterval(200);  // a node that starts is to be seen as soon as it serves

std::string name_of(const ClusterMember& member) {
  return member.id + " (" + to_text(member.node) + ")";
}

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

Supervisor::Supervisor(const std::vector<Node>& nodes, ClusterOptions options)
    : options_(std::move(options)),
      log_([this](const LogLine& line) {
        tellings_.push_back({{}, line.level, std::string(line.text)});
      }),
      plan_(options_) {
  for (const Node& node : nodes) {
    add(node);
  }
}

// --- The loop

void Supervisor::run() {
  static_cast<void>(find_program(options_.binary));
  if (const int status = uv_loop_init(&loop_); status < 0) {
    throw std::system_error(-status, std::generic_category(), "cannot make an event loop for the cluster manager");
  }
  // Also where the next lines throw: what is open is closed, and the loop with it.
  const auto leave = [this](void*) {
    close();
    uv_run(&loop_, UV_RUN_DEFAULT);
    control_.reset();
    uv_loop_close(&loop_);
  };
  const std::unique_ptr<void, decltype(leave)> leaving(this, leave);
  if (!options_.control.empty()) {
    const auto obeying = [this](const std::string& command) { return obey(command); };
    control_ = std::make_unique<ControlSocket>(&loop_, options_.control, obeying, log_);
  }
  ticker_ = make_uv_handle<uv_timer_t>(this, [this](uv_timer_t* timer) { return uv_timer_init(&loop_, timer); });
  uv_timer_start(
      ticker_.get(), [](uv_timer_t* timer) { static_cast<Supervisor*>(timer->data)->tick(); }, 0, kTickMs);
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void Supervisor::close() {
  {
    const std::lock_guard lock(mutex_);
    runners_.clear();
  }
  if (control_ && ticker_) {
    control_->close();
  }
  ticker_.reset();
}

void Supervisor::tick() noexcept {
  bool over = false;
  try {
    const NodeLife::Time now = NodeLife::Clock::now();
    {
      const std::lock_guard lock(mutex_);
      plan_.step(now);
      std::erase_if(runners_, [this](const auto& entry) {
        return std::none_of(plan_.members().begin(), plan_.members().end(),
                            [&](const ClusterMember& member) { return member.id == entry.first; });
      });
      for (ClusterMember& member : plan_.members()) {
        look_after(member, now);
      }
      over = plan_.over();
    }
    tell();
  } catch (const std::exception& error) {  // out of memory, or the application's: the next tick may do better
    log_(LogLevel::error, std::string("the cluster manager goes on: ") + error.what());
  }
  if (over) {
    close();
  }
}

void Supervisor::tell() {
  for (const Telling& telling : std::exchange(tellings_, {})) {
    if (!telling.id.empty() && options_.on_output) {
      options_.on_output(telling.id, telling.text);
    } else if (telling.id.empty() && options_.log) {
      options_.log(static_cast<sentix::LogLevel>(telling.level), telling.text);
    }
  }
  if (std::exchange(changed_, false) && options_.on_change) {
    options_.on_change();
  }
}

// --- One node

void Supervisor::look_after(ClusterMember& member, NodeLife::Time now) {
  Runner& runner = runners_[member.id];
  notice_end(member, runner, now);
  notice_health(member, runner, now);
  switch (const NodeAction action = member.life.step(now)) {
    case NodeAction::spawn:
      spawn(member, runner, now);
      break;
    case NodeAction::terminate:
    case NodeAction::kill:
      end(member, runner, action);
      break;
    case NodeAction::none:
      break;
  }
  changed_ = changed_ || runner.told != member.life.state();
  runner.told = member.life.state();
}

void Supervisor::notice_end(ClusterMember& member, Runner& runner, NodeLife::Time now) {
  const auto how = runner.process ? runner.process->ended() : std::nullopt;
  if (!how) {
    return;
  }
  const bool in_order = member.life.state() == NodeState::draining;
  runner.check.reset();
  runner.health.reset();
  runner.process.reset();
  runner.trouble = *how;
  member.life.ended(now, static_cast<std::uint32_t>(random_()));
  if (member.life.leaving()) {
    report(LogLevel::info, member, "has gone");
  } else if (in_order) {
    report(LogLevel::info, member, "has ended, and is started again");
  } else {
    const auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(member.life.next_start() - now);
    report(LogLevel::error, member, *how + "; it is started again in " + in_seconds(pause));
  }
}

void Supervisor::notice_health(ClusterMember& member, Runner& runner, NodeLife::Time now) {
  if (runner.check) {
    runner.check->look(now);
  }
  if (const auto health = std::exchange(runner.health, std::nullopt)) {
    runner.check.reset();
    const NodeState before = member.life.state();
    if (health->alive) {
      member.life.answered(health->ready);
    } else {
      member.life.did_not_answer();
    }
    if (before != NodeState::starting || health->alive) {
      runner.trouble = health->trouble;
    }
    if (const NodeState state = member.life.state(); state != before) {
      const bool up = state == NodeState::up;
      report(up ? LogLevel::info : LogLevel::warning, member, up ? "is up" : "is not ready: " + runner.trouble);
    }
    const bool still_starts = member.life.state() == NodeState::starting;
    runner.next_check = now + (still_starts ? kStartingInterval : options_.probe_interval);
  }
  if (runner.process && !runner.check && is_to_answer(member.life.state()) && now >= runner.next_check) {
    runner.check.emplace(&loop_, runner.admin_port, now + options_.probe_timeout,
                         [&runner](const Health& health) { runner.health = health; });
  }
}

void Supervisor::spawn(ClusterMember& member, Runner& runner, NodeLife::Time now) {
  try {
    runner.admin_port = member.admin_port;
    if (runner.admin_port == 0) {  // one that is free at this moment; where another takes it first, the node ends
      runner.admin_port = listen_on({.host = "127.0.0.1"}).port;
    }
    runner.process.emplace(&loop_, find_program(options_.binary), words_for(member, runner),
                           [this, id = member.id](std::string_view line) {
                             tellings_.push_back({id, LogLevel::info, std::string(line)});
                           });
    runner.next_check = now + kStartingInterval;
    member.life.spawned(now);
  } catch (const std::system_error& error) {
    runner.process.reset();
    runner.trouble = std::string("cannot be started: ") + error.what();
    member.life.ended(now, static_cast<std::uint32_t>(random_()));
    report(LogLevel::error, member, runner.trouble);
  }
}

void Supervisor::end(const ClusterMember& member, const Runner& runner, NodeAction how) {
  if (how == NodeAction::terminate) {
    report(LogLevel::info, member, "drains");
    runner.process->signal(SIGTERM);
  } else {
    report(LogLevel::warning, member,
           member.life.hung() ? "does not answer: it is killed" : "has not ended in time: it is killed");
    runner.process->signal(SIGKILL);
  }
}

std::vector<std::string> Supervisor::words_for(const ClusterMember& member, const Runner& runner) const {
  std::vector<std::string> words{"serve"};
  words.insert(words.end(), options_.arguments.begin(), options_.arguments.end());
  const std::string port = std::to_string(member.node.port);
  words.insert(words.end(), {"--node-id=" + member.id, "--host=" + member.node.host, "--port=" + port,
                             "--admin=127.0.0.1:" + std::to_string(runner.admin_port)});
  if (!options_.advertise.empty()) {
    words.push_back("--advertise=" + replaced(options_.advertise, "{port}", port));
  }
  return words;
}

void Supervisor::report(LogLevel level, const ClusterMember& member, const std::string& what) {
  log_(level, name_of(member) + " " + what);
  changed_ = true;
}

// --- From any thread. A tick is never far away, so nobody needs to be woken.

void Supervisor::stop() {
  const std::lock_guard lock(mutex_);
  plan_.stop(NodeLife::Clock::now());
}

void Supervisor::restart() {
  const std::lock_guard lock(mutex_);
  plan_.restart();
}

// A node that starts reads the new configuration anyway, and might not know yet what the signal means.
void Supervisor::reload() {
  const std::lock_guard lock(mutex_);
  for (const ClusterMember& member : plan_.members()) {
    const auto runner = runners_.find(member.id);
    if (runner != runners_.end() && runner->second.process && member.life.state() != NodeState::starting) {
      runner->second.process->signal(SIGHUP);
    }
  }
}

void Supervisor::add(const Node& node) {
  const std::lock_guard lock(mutex_);
  plan_.add(node, NodeLife::Clock::now());
}

void Supervisor::remove(const Node& node) {
  const std::lock_guard lock(mutex_);
  plan_.remove(node, NodeLife::Clock::now());
}

std::vector<NodeStatus> Supervisor::status() const {
  const std::lock_guard lock(mutex_);
  std::vector<NodeStatus> nodes;
  for (const ClusterMember& member : plan_.members()) {
    NodeStatus& one = nodes.emplace_back();
    one.id = member.id;
    one.node = member.node;
    one.state = member.life.state();
    one.admin_port = member.admin_port;
    one.restarts = std::max<std::size_t>(member.life.spawns(), 1) - 1;
    if (const auto runner = runners_.find(member.id); runner != runners_.end()) {
      one.admin_port = runner->second.admin_port;
      one.process = runner->second.process ? runner->second.process->id() : 0;
      one.trouble = one.state == NodeState::up ? "" : runner->second.trouble;
    }
  }
  return nodes;
}

std::size_t Supervisor::left_to_restart() const {
  const std::lock_guard lock(mutex_);
  return plan_.left_to_restart();
}

// --- The control socket

std::string Supervisor::obey(const std::string& command) {
  const std::size_t space = std::min(command.find(' '), command.size());
  const std::string verb = command.substr(0, space);
  const std::string node = command.substr(std::min(space + 1, command.size()));
  try {
    if (verb == "status") {
      return "ok\n" + status_lines(status(), left_to_restart());
    }
    if (verb == "add") {
      add(parse_node(node));
    } else if (verb == "remove") {
      remove(parse_node(node));
    } else if (verb == "restart") {
      restart();
    } else if (verb == "reload") {
      reload();
    } else if (verb == "stop") {
      stop();
    } else {
      return "error this manager does not know \"" + one_line(verb) + "\"\n";
    }
    return "ok\n";
  } catch (const std::invalid_argument& error) {
    return std::string("error ") + error.what() + '\n';
  }
}

}  // namespace sentix::core
