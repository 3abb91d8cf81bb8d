#include "core/cluster/supervisor.h"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "core/cluster/status_lines.h"

namespace sentix::core {
namespace {

constexpr std::uint64_t kTickMs = 100;

}  // namespace

Supervisor::Supervisor(const std::vector<Node>& nodes, ClusterOptions options)
    : options_(std::move(options)),
      log_([this](const LogLine& line) { report(line.level, std::string(line.text)); }),
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
    for (auto& [id, keeper] : keepers_) {
      keeper.close();
    }
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
      std::erase_if(keepers_, [this](const auto& entry) {
        return std::none_of(plan_.members().begin(), plan_.members().end(),
                            [&](const ClusterMember& member) { return member.id == entry.first; });
      });
      for (auto& [id, keeper] : keepers_) {
        keeper.look_after(now);
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

void Supervisor::report(LogLevel level, std::string sentence) {
  tellings_.push_back({{}, level, std::move(sentence)});
}

void Supervisor::output(const std::string& id, std::string_view line) {
  tellings_.push_back({id, LogLevel::info, std::string(line)});
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

// --- From any thread. A tick is never far away, so nobody needs to be woken.

void Supervisor::stop() {
  const std::lock_guard lock(mutex_);
  plan_.stop(NodeLife::Clock::now());
}

void Supervisor::restart() {
  const std::lock_guard lock(mutex_);
  plan_.restart();
}

void Supervisor::reload() {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, keeper] : keepers_) {
    keeper.reload();
  }
}

void Supervisor::add(const Node& node) {
  const std::lock_guard lock(mutex_);
  ClusterMember& member = plan_.add(node, NodeLife::Clock::now());
  NodeWatcher& watcher = *this;
  keepers_.try_emplace(member.id, &loop_, options_, member, watcher);
}

void Supervisor::remove(const Node& node) {
  const std::lock_guard lock(mutex_);
  plan_.remove(node, NodeLife::Clock::now());
}

std::vector<NodeStatus> Supervisor::status() const {
  const std::lock_guard lock(mutex_);
  std::vector<NodeStatus> nodes;
  for (const ClusterMember& member : plan_.members()) {
    nodes.push_back(keepers_.at(member.id).status());
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
