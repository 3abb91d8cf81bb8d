#include <algorithm>
#include <array>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/cluster/status_lines.h"
#include "sentix/cluster_manager.h"
#include "tools/sentix/check_files.h"
#include "tools/sentix/cluster/cluster_options.h"
#include "tools/sentix/cluster/console.h"
#include "tools/sentix/cluster/control_client.h"
#include "tools/sentix/cluster/status_table.h"
#include "tools/sentix/command_line.h"
#include "tools/sentix/commands.h"
#include "tools/sentix/run_server.h"
#include "tools/sentix/service_notifier.h"
#include "tools/sentix/settings_table.h"
#include "tools/sentix/signals.h"

namespace sentix::tools {

namespace {

// Of each node, so that the command has flags of its own for them, or they make no sense for several.
constexpr std::array<std::string_view, 3> kNotForAll{"port", "admin", "handover"};

bool all_are_up(const std::vector<NodeStatus>& nodes) {
  return std::all_of(nodes.begin(), nodes.end(), [](const NodeStatus& one) { return one.state == NodeState::up; });
}

int run(const ClusterWords& words, const SettingsInput& input) {
  LoadedSettings loaded = load_settings(input);
  if (!loaded.settings.enabled) {
    const Source source = source_of(loaded.settings, "enabled");
    std::cout << "sentix is disabled (" << place_text(source) << ", " << source.name << ")\n";
    return 0;
  }
  check_files(loaded);
  if (const int status = print_report(loaded.report); status != 0) {
    return status;
  }
  ClusterOptions options = cluster_options(words, input, loaded.settings);
  const ServiceNotifier service(input.environment);
  Console console;
  std::optional<ClusterManager> manager;
  bool was_up = false;
  options.on_output = [&](std::string_view id, std::string_view line) {
    console.print_error(std::string(id) + " | " + std::string(line));
  };
  options.log = [&](LogLevel level, std::string_view sentence) {
    if (level == LogLevel::warning || level == LogLevel::error) {
      console.print_error("sentix: " + std::string(sentence));
    } else {
      console.print(sentence);
    }
  };
  options.on_change = [&] {
    const std::vector<NodeStatus> nodes = manager->status();
    if (console.has_table()) {
      console.show_table(status_table(core::status_lines(nodes, manager->left_to_restart())));
    }
    if (!was_up && all_are_up(nodes)) {
      was_up = true;
      service.ready(std::to_string(nodes.size()) + " nodes are up");
    }
  };
  manager.emplace(nodes_of(words, loaded.settings), std::move(options));
  const auto stop = [&] {
    service.stopping();
    manager->stop();
  };
  const SignalThread signals(stop, [&] { manager->reload(); });
  manager->start();
  return 0;
}

// A command for the manager that runs; `argument` is empty where it takes none.
void add_control(CLI::App& cluster, Action& chosen, const std::shared_ptr<ClusterWords>& words, const char* name,
                 const char* argument, const char* help) {
  CLI::App* const command = cluster.add_subcommand(name, help);
  const auto node = std::make_shared<std::string>();
  if (*argument != '\0') {
    command->add_option(argument, *node, "Where the node listens.")->required();
  }
  command->add_option("--control", words->control, "Where the manager listens.")->type_name("PATH");
  command->callback([&chosen, words, node, verb = std::string(name)] {
    chosen = [words, node, verb] {
      if (!node->empty()) {
        static_cast<void>(parse_node(*node));
      }
      const std::string answer = ask_manager(words->control, verb + (node->empty() ? "" : " " + *node));
      std::cout << (verb == "status" ? status_table(answer) : answer);
      return 0;
    };
  });
}

}  // namespace

void add_cluster_command(CLI::App& app, SettingsInput& input, Action& chosen) {
  const auto words = std::make_shared<ClusterWords>();
  words->control = default_control_path(input.environment);
  CLI::App* const command = app.add_subcommand("cluster", "Run several nodes on one Redis, and look after them.");
  CLI::Option* const count = command->add_option("--nodes", words->count, "How many nodes, on ports in a row.");
  count->check(CLI::Range(1u, 1000u))->type_name("N");
  command->add_option("--base-port", words->base_port, "The port of the first of them. Without: the setting port.")
      ->type_name("N");
  command->add_option("--node", words->nodes, "A node, by its HOST:PORT; may be given again and again.")
      ->excludes(count)
      ->type_name("ADDRESS")
      ->allow_extra_args(false);
  command
      ->add_option("--base-admin-port", words->base_admin_port,
                   "The admin listener of the first node, on 127.0.0.1; the next\nhas the next port. 0: any free ones. "
                   "[default 9180]")
      ->type_name("N");
  command
      ->add_option("--control", words->control,
                   "A Unix socket for the commands below. Without: in the folder\nXDG_RUNTIME_DIR, or here.")
      ->type_name("PATH");
  command->add_option("--binary", words->binary, "What nodes run. Without: this program.")->type_name("FILE");
  add_setting_flags(*command, input);
  for (const std::string_view key : kNotForAll) {
    command->remove_option(command->get_option(flag_of(*find_setting(key))));
  }
  command->require_subcommand(0, 1);
  command->footer(
      "Examples:\n"
      "  sentix cluster --nodes 3 --base-port 8080 --redis redis://127.0.0.1\n"
      "  sentix cluster status                            of the one that runs, by the same --control\n"
      "  sentix cluster add 127.0.0.1:8083                another node\n"
      "  sentix cluster restart                           one node at a time, each drained\n\n"
      "Takes the flags of serve, and passes them on. A node that dies or hangs is started again; what nodes write "
      "goes\n"
      "to standard error behind their names. SIGHUP lets all read the configuration again; SIGTERM and SIGINT drain\n"
      "all, the second one kills them.\n\n"
      "Status: 0 stopped, 1 could not start or was refused, 2 wrong usage.");
  add_control(*command, chosen, words, "status", "", "Show the nodes of the cluster that runs.");
  add_control(*command, chosen, words, "add", "NODE", "Start another node, at HOST:PORT.");
  add_control(*command, chosen, words, "remove", "NODE", "Drain a node and let it go.");
  add_control(*command, chosen, words, "restart", "", "Restart all nodes, one at a time; returns at once.");
  add_control(*command, chosen, words, "reload", "", "Let all nodes read their configuration again.");
  add_control(*command, chosen, words, "stop", "", "Drain all nodes, and end the manager.");
  command->callback([&input, &chosen, words, command] {
    if (command->get_subcommands().empty()) {
      chosen = [&input, words] { return run(*words, input); };
    }
  });
}

}  // namespace sentix::tools
