#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "protocol/names.h"
#include "tools/sentix/client/websocket_client.h"
#include "tools/sentix/command_line.h"
#include "tools/sentix/commands.h"
#include "tools/sentix/run_server.h"
#include "tools/sentix/signals.h"
#include "tools/sentix/tail/feed.h"
#include "tools/sentix/tail/retry.h"
#include "tools/sentix/tail/tail_line.h"
#include "tools/sentix/tail/terminal_json.h"
#include "tools/sentix/units.h"

namespace sentix::tools {

namespace {

constexpr std::chrono::seconds kPatience{10};    // for a connection, a handshake, and what is sent
constexpr std::chrono::seconds kSilenceMax{45};  // longer than a server's pings are apart by default; then it is asked
constexpr std::chrono::seconds kAnswerTimeout{20};  // for the answer then
constexpr std::chrono::seconds kStable{10};         // a connection that lasted so long makes retries begin anew
constexpr unsigned kUnauthorized = 401;
constexpr unsigned kForbidden = 403;
constexpr unsigned kOverCapacity = 4100;

struct TailWords {
  std::string url;
  TlsTrust trust;
  FeedRequest feed;
  std::string since;
  std::uint64_t count = 0;  // 0: without end
  bool json = false;
};

std::string clock_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S", &parts)};
}

// Follows the channels until enough is shown or nobody reads any more.
class Tail {
 public:
  Tail(TailWords words, ServerUrl url)
      : words_(std::move(words)), url_(std::move(url)), feed_(words_.feed), colour_(use_colour()) {}

  // Returns when it is done; throws std::runtime_error with a sentence where it makes no sense to go on.
  void run() {
    for (unsigned attempt = 0;; ++attempt) {
      const auto began = std::chrono::steady_clock::now();
      try {
        follow();
        return;
      } catch (const ConnectionEnded& end) {
        if (std::chrono::steady_clock::now() - began > kStable) {
          attempt = 0;
        }
        wait_after(end, attempt);
      }
    }
  }

 private:
  static bool use_colour() { return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

  // One connection: returns when all is done, throws ConnectionEnded.
  void follow() {
    WebSocketClient client(url_, words_.trust, kPatience);
    while (!done()) {
      act_on(feed_.take(next(client)), client);
    }
    std::cout.flush();
  }

  // The next message; what is printed is shown before it is waited for.
  static std::string_view next(WebSocketClient& client) {
    using Clock = std::chrono::steady_clock;
    if (const auto ready = client.receive(Clock::now())) {
      return *ready;
    }
    std::cout.flush();
    if (const auto message = client.receive(Clock::now() + kSilenceMax)) {
      return *message;
    }
    client.send(R"({"type":"ping","id":"alive"})");
    if (const auto message = client.receive(Clock::now() + kAnswerTimeout)) {
      return *message;
    }
    throw ConnectionEnded("the server does not answer any more",
                          static_cast<unsigned>(protocol::CloseCode::abnormal_closure));
  }

  void act_on(const FeedStep& step, WebSocketClient& client) {
    for (const std::string& message : step.shown) {
      if (!done()) {
        ++shown_;
        std::cout << (words_.json ? terminal_json(message) : tail_line(message, clock_text(), colour_)) << '\n';
      }
    }
    for (const std::string& sentence : step.notes) {
      note(sentence);
    }
    if (step.refusal && step.lasting) {
      throw std::runtime_error(*step.refusal);
    }
    if (step.refusal) {
      throw ConnectionEnded(*step.refusal, kOverCapacity);
    }
    for (const std::string& command : step.commands) {
      client.send(command);
    }
  }

  // Before the first time that all is well, a mistake is likelier than a failure that will pass.
  void wait_after(const ConnectionEnded& end, unsigned attempt) {
    std::cout.flush();
    std::uniform_real_distribution<double> random(0, 1);
    const auto delay = retry_delay(end.code, attempt, random(random_));
    if (!feed_.settled() || !delay || end.status == kUnauthorized || end.status == kForbidden) {
      throw std::runtime_error(url_.text + ": " + end.what());
    }
    note(std::string(end.what()) + "; connecting again in " + std::to_string(delay->count()) + " ms");
    std::this_thread::sleep_for(*delay);
  }

  [[nodiscard]] bool done() const { return (words_.count > 0 && shown_ >= words_.count) || !std::cout; }

  static void note(const std::string& sentence) { std::cerr << "sentix: " << sentence << '\n'; }

  TailWords words_;
  ServerUrl url_;
  Feed feed_;
  std::uint64_t shown_ = 0;
  std::mt19937 random_{std::random_device{}()};
  bool colour_;
};

// OFFSET or EPOCH:OFFSET.
void read_since(const std::string& text, FeedRequest& feed) {
  const std::size_t colon = text.rfind(':');
  const std::string digits = colon == std::string::npos ? text : text.substr(colon + 1);
  feed.since_offset = parse_number(digits);
  feed.since_epoch = colon == std::string::npos ? "" : text.substr(0, colon);
  if (!feed.since_offset) {
    throw std::runtime_error("--since is OFFSET or EPOCH:OFFSET, not " + text);
  }
  if (feed.channels.size() != 1) {
    throw std::runtime_error("--since is of one channel: each has offsets of its own");
  }
}

ServerUrl where(const TailWords& words, const SettingsInput& input) {
  if (!words.url.empty()) {
    return parse_server_url(words.url);
  }
  const LoadedSettings loaded = load_settings(input);
  if (print_report(loaded.report) != 0) {
    throw std::runtime_error("the settings are wrong");
  }
  if (loaded.settings.server.port == 0 && !loaded.settings.server.host.starts_with("unix:")) {
    throw std::runtime_error("port is 0: say where the server is with --url");
  }
  return url_of(loaded.settings);
}

int tail(TailWords words, const SettingsInput& input) {
  unblock_signals();
  std::vector<std::string>& channels = words.feed.channels;
  std::sort(channels.begin(), channels.end());
  channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
  for (const std::string& channel : channels) {
    if (!protocol::valid_channel_name(channel)) {
      throw std::runtime_error("\"" + channel + "\" is no name of a channel");
    }
  }
  if (!words.since.empty()) {
    read_since(words.since, words.feed);
  }
  if (!words.feed.user.empty() && words.feed.token.empty()) {
    throw std::runtime_error("--user needs a token: better in SENTIX_TOKEN than in --token");
  }
  ServerUrl url = where(words, input);
  Tail(std::move(words), std::move(url)).run();
  return 0;
}

}  // namespace

void add_tail_command(CLI::App& app, SettingsInput& input, Action& chosen) {
  const auto words = std::make_shared<TailWords>();
  CLI::App* const command = app.add_subcommand("tail", "Print what is published to channels, as it comes.");
  add_file_flags(*command, input);
  FeedRequest& feed = words->feed;
  command->add_option("CHANNEL", feed.channels, "The channels.")->required();
  command->add_option("--url", words->url, "The server. Without: where the settings say that it listens.");
  command->add_option("--user", feed.user, "The user whose token it is.")->type_name("NAME")->envname("SENTIX_USER");
  command
      ->add_option("--token", feed.token, "A token; others see it in the list of processes, but not in SENTIX_TOKEN.")
      ->type_name("TOKEN")
      ->envname("SENTIX_TOKEN");
  command->add_option("--history", feed.history, "First the newest N publications that the channel has kept.")
      ->type_name("N");
  command->add_option("--since", words->since, "First what followed this one: OFFSET or EPOCH:OFFSET.")
      ->type_name("POSITION");
  command->add_option("--count", words->count, "End after N lines.")->type_name("N");
  command->add_flag("--json", words->json, "Print each message as the JSON that came.");
  command->add_option("--ca", words->trust.ca_file, "Certificates to trust by wss://. Without: the system's.")
      ->type_name("FILE");
  command->add_flag("--insecure", words->trust.anybody, "Do not ask for a good certificate by wss://.");
  command->footer(
      "A line is TIME CHANNEL OFFSET USER DATA, with - for what there is not; of a join, a leave or an event its\n"
      "name stands in place of the offset. What could steer a terminal is escaped.\n\n"
      "Examples:\n"
      "  sentix tail general\n"
      "  sentix tail general news-7 --history 20\n"
      "  SENTIX_TOKEN=secret sentix tail staff --url wss://chat.example.com/ --json | jq .data\n\n"
      "A connection that ends is made again by its close code: 40xx ends the command, 41xx after a pause, 42xx at\n"
      "once, others with backoff. Where the channel keeps history, what came meanwhile is shown.\n\n"
      "Status: 0 shown as many as --count says, or nobody reads; 1 refused or nobody there, 2 wrong usage.");
  command->callback([&input, &chosen, words] { chosen = [&input, words] { return tail(*words, input); }; });
}

}  // namespace sentix::tools
