#include "tools/load/command_line.h"

#include <functional>
#include <stdexcept>

#include "tools/sentix/units.h"

namespace sentix::load {

namespace {

using Parse = std::function<std::optional<std::uint64_t>(std::string_view)>;

// A flag whose value is an amount with a unit.
template <class Amount>
CLI::Option* add_amount(CLI::App& command, const std::string& flag, Amount& amount, const Parse& parse,
                        const std::string& kind, const std::string& help) {
  return command.add_option_function<std::string>(
      flag,
      [&amount, parse, flag, kind](const std::string& text) {
        const auto value = parse(text);
        if (!value) {
          throw CLI::ValidationError(flag, "\"" + text + "\" is not a " + kind);
        }
        amount = Amount(*value);
      },
      help);
}

void add_size(CLI::App& command, const std::string& flag, std::size_t& bytes, const std::string& help) {
  add_amount(command, flag, bytes, tools::parse_bytes, "size such as 20 or 16KiB", help)->type_name("SIZE");
}

void add_duration(CLI::App& command, const std::string& flag, std::chrono::milliseconds& duration,
                  const std::string& help) {
  add_amount(command, flag, duration, tools::parse_milliseconds, "duration such as 500ms, 30s or 5m", help)
      ->type_name("TIME");
}

CLI::Option* add_count(CLI::App& command, const std::string& flag, std::size_t& count, std::size_t smallest,
                       const std::string& help) {
  constexpr std::size_t kLargest = 10'000'000;
  return command.add_option(flag, count, help)->type_name("N")->check(CLI::Range(smallest, kLargest));
}

}  // namespace

CommandLine::CommandLine(CLI::App& app) {
  CLI::App& echo = add_scenario(app, ScenarioKind::echo, "echo", "Messages that the server sends back.");
  add_count(echo, "--connections", options_.connections, 1, "Connections. [100]");
  add_sizes(echo, "Payload of a message. [20]");
  echo.add_flag("--binary", options_.binary, "Binary messages instead of text.");
  add_rate(echo, "Messages a second over all connections; without it, each is answered by the next one.");
  echo.footer(
      "Examples:\n"
      "  sentix-load echo ws://127.0.0.1:9001/ --connections 100 --bytes 20 --in-flight 16\n"
      "  sentix-load echo tcp://127.0.0.1:9002 --rate 50000      a bare TCP echo, in an open loop\n");

  CLI::App& publish = add_scenario(app, ScenarioKind::publish, "publish",
                                   "Publications through the sentix protocol, each answered with `published`.");
  add_count(publish, "--connections", options_.connections, 1, "Connections, each with a channel of its own. [100]");
  add_sizes(publish, "JSON text of a publication's data. [20]");
  add_rate(publish, "Publications a second over all connections; without it, each answer is followed by the next one.");

  CLI::App& fanout = add_scenario(app, ScenarioKind::fanout, "fanout", "Publications that reach many subscribers.");
  add_rooms(fanout);
  fanout.footer(
      "In a closed loop the next publication is made when an earlier one has reached everybody. A publication carries "
      "its time, so at least 18 bytes of data are sent (16 with --plain).\n\n"
      "Examples:\n"
      "  sentix-load fanout --subscribers 1000 --bytes 64\n"
      "  sentix-load fanout ws://127.0.0.1:9003/sub/{room} --plain --publish-url ws://127.0.0.1:9003/pub/{room} \\\n"
      "      --rooms 20 --subscribers 50\n");

  CLI::App& slow = add_scenario(app, ScenarioKind::slow, "slow",
                                "The same while some subscribers stop reading, and what becomes of those.");
  add_rooms(slow);
  slow.preparse_callback([this](std::size_t) { options_.slow = 1; });
  add_count(slow, "--slow", options_.slow, 1, "Subscribers of each room that stop reading. [1]");

  CLI::App& connect = add_scenario(app, ScenarioKind::connect, "connect",
                                   "A storm of connections, each opened, closed, and opened again.");
  add_count(connect, "--connections", options_.connections, 1, "Connections at a time. [100]");
  add_rate(connect, "Connections a second; without it, each that has ended is followed by the next one.");

  CLI::App& idle = add_scenario(app, ScenarioKind::idle, "idle",
                                "Connections that do nothing, and what memory each costs the server.");
  add_count(idle, "--connections", options_.connections, 1, "Connections; 2000 or more show what each costs. [100]");
  idle.add_flag("--subscribe", options_.subscribe, "Each subscribes to one channel.");
  idle.add_option("--channel", options_.channel, "Its name, before the -0. [load]")->type_name("NAME");
  idle.footer(
      "Example:\n"
      "  sentix-load idle --connections 18000 --subscribe --pid \"$(pgrep -x sentix)\"\n");
}

CLI::App& CommandLine::add_scenario(CLI::App& app, ScenarioKind kind, const std::string& name,
                                    const std::string& what) {
  CLI::App& command = *app.add_subcommand(name, what);
  command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  command.add_option("URL", target_url_,
                     "ws://HOST[:PORT][/PATH], unix:/PATH, or tcp://HOST:PORT for an echo without WebSocket. "
                     "[ws://127.0.0.1:8080/]");
  add_duration(command, "--duration", options_.duration, "How long to measure. [10s]");
  add_duration(command, "--warmup", options_.warmup, "How long to run before that. [1s]");
  add_count(command, "--threads", options_.threads, 1, "Threads that share the connections. [1]");
  add_count(command, "--concurrency", options_.concurrency, 1,
            "Handshakes under way at a time, for each thread. [128]");
  command.add_option("--token", options_.token, "Sent with the handshake as a bearer token.")->type_name("TOKEN");
  command
      .add_option("--pid", options_.server_pid, "The server's process, whose processor time and memory are to be told.")
      ->type_name("PID")
      ->check(CLI::PositiveNumber);
  command.add_option("--json", options_.json_file, "Write the result as JSON; - is standard output.")
      ->type_name("FILE");
  command.add_option("--plot", options_.plot_file, "Draw the result: an .svg or .html file.")->type_name("FILE");
  command.add_flag("--quiet", options_.quiet, "No line that shows how it goes.");
  command.callback([this, kind] {
    options_.scenario = kind;
    chosen_ = true;
  });
  return command;
}

void CommandLine::add_rooms(CLI::App& command) {
  add_count(command, "--rooms", options_.rooms, 1, "Rooms, each with a publisher. [1]");
  add_count(command, "--subscribers", options_.subscribers, 1, "Subscribers of each. [100]");
  add_sizes(command, "JSON text of a publication's data; payload with --plain. [20]");
  add_rate(command,
           "Publications a second over all rooms; without it, the next follows when one has reached everybody.");
  command.add_option("--channel", options_.channel, "Room N is the channel NAME-N. [load]")->type_name("NAME");
  command.add_flag("--plain", options_.plain,
                   "Without the sentix protocol: what one sends to a path, all at that path get. {room} in the path is "
                   "the room's number.");
  command.add_option("--publish-url", publish_url_, "With --plain: where the publishers connect to, if elsewhere.")
      ->type_name("URL");
}

void CommandLine::add_sizes(CLI::App& command, const std::string& bytes_help) {
  add_size(command, "--bytes", options_.bytes, bytes_help);
  add_count(command, "--in-flight", options_.in_flight, 1, "How many are under way at a time. [1]");
}

void CommandLine::add_rate(CLI::App& command, const std::string& help) {
  command.add_option("--rate", options_.rate, help)->type_name("N")->check(CLI::PositiveNumber);
}

std::optional<Options> CommandLine::options() const {
  if (!chosen_) {
    return std::nullopt;
  }
  Options options = options_;
  options.target = parse_target(target_url_);
  if (!publish_url_.empty()) {
    if (!options.plain) {
      throw std::invalid_argument(
          "--publish-url: the sentix protocol publishes where it subscribes; it goes with --plain");
    }
    options.publish_target = parse_target(publish_url_);
  }
  if (options.target.transport == Transport::raw && options.scenario != ScenarioKind::echo) {
    throw std::invalid_argument(options.target.url + ": a target without WebSocket can only echo");
  }
  if (options.slow >= options.subscribers) {
    throw std::invalid_argument("--slow: at least one of the " + std::to_string(options.subscribers) +
                                " subscribers of a room must read");
  }
  if (options.bytes == 0 && options.target.transport == Transport::raw) {
    throw std::invalid_argument("--bytes: nothing cannot come back");
  }
  const std::string& plot = options.plot_file;
  if (!plot.empty() && !plot.ends_with(".svg") && !plot.ends_with(".html")) {
    throw std::invalid_argument("--plot: " + plot + " ends with neither .svg nor .html");
  }
  return options;
}

}  // namespace sentix::load
