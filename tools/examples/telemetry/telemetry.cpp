// Telemetry: many devices report what they measure, and whoever watches gets one summary a second.
//
//   example-telemetry PORT        0 takes a free port; SIGINT or SIGTERM ends it
//
// A device authenticates as {"username":NAME,"token":"device-token"} and publishes numbers, degrees Celsius, to the
// channel device/NAME. Watchers subscribe to `summary`; who is authenticated may hear a device's channel as well.
#include <sentix/server.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

namespace {

constexpr std::string_view kDeviceChannels = "device/";
constexpr double kColdest = -90;  // degrees Celsius; what is beyond these is a broken sensor
constexpr double kHottest = 150;

template <typename Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

// What one device has reported since the last summary.
struct Second {
  explicit Second(double celsius) : least(celsius), most(celsius), sum(celsius) {}

  void add(double celsius) {
    ++reports;
    least = std::min(least, celsius);
    most = std::max(most, celsius);
    sum += celsius;
  }

  int reports = 1;
  double least;
  double most;
  double sum;
};

// All devices. Reports come on the server's thread and summaries are made on another one, therefore the lock.
class Fleet {
 public:
  // False where the report makes no sense.
  bool report(std::string_view device, std::string_view data) {
    const std::optional<double> celsius = parse<double>(data);
    if (!celsius || !(*celsius >= kColdest && *celsius <= kHottest)) return false;
    const std::lock_guard lock(mutex_);
    const auto [entry, is_new] = devices_.try_emplace(std::string(device), *celsius);
    if (!is_new) entry->second.add(*celsius);
    return true;
  }

  // {"kitchen":{"reports":5,"least":20.9,"most":21.4,"mean":21.1},...}, and begins anew.
  std::string take_summary() {
    std::map<std::string, Second> devices;
    {
      const std::lock_guard lock(mutex_);
      devices.swap(devices_);
    }
    std::ostringstream json;
    json << '{';
    const char* separator = "";
    for (const auto& [name, second] : devices) {
      json << separator << sentix::quote(name) << R"(:{"reports":)" << second.reports << R"(,"least":)" << second.least
           << R"(,"most":)" << second.most << R"(,"mean":)" << second.sum / second.reports << '}';
      separator = ",";
    }
    json << '}';
    return json.str();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Second> devices_;
};

void set_up(sentix::Server& server, Fleet& fleet) {
  server.create_channel("summary", {.persistent = true, .publish = sentix::PublishRight::server, .history_size = 1});
  server.create_channel("device/*", {.auth = true, .publish = sentix::PublishRight::anyone});
  server.set_max_clients(10'000).set_max_message_bytes(4096).set_command_rate(50);
  server.set_authenticator([](const sentix::Credentials& given) {
    return given["username"].has_value() && sentix::equal(given["token"], "device-token");
  });
  server.on("message.received", [&fleet](const sentix::Event& event) {
    std::string_view device = event.channel();
    device.remove_prefix(std::min(device.size(), kDeviceChannels.size()));
    // Nobody reports for another one. What is dropped reaches nobody, and its sender is not told.
    const bool own = event.channel().starts_with(kDeviceChannels) && event.session().user() == device;
    return own && fleet.report(device, event.data()) ? sentix::Verdict::pass : sentix::Verdict::drop;
  });
}

// The library installs no signal handler. Blocked in every thread, the signals wait for the one that asks for them.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Once the server listens: a summary each second. A signal stops the server, and its end stops this.
void summarize(sentix::Server& server, Fleet& fleet, const sigset_t& stop_signals, const std::stop_token& ended) {
  if (!server.wait_until_listening()) return;
  std::cout << "listening on ws://127.0.0.1:" << server.port() << '\n' << std::flush;
  const timespec second{.tv_sec = 1, .tv_nsec = 0};
  while (!ended.stop_requested()) {
    if (sigtimedwait(&stop_signals, nullptr, &second) > 0) {
      server.stop();
    } else {
      server.broadcast(fleet.take_summary(), "summary");
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<std::uint16_t> port = argc == 2 ? parse<std::uint16_t>(argv[1]) : std::nullopt;
  if (!port) {
    std::cerr << "usage: example-telemetry PORT\n";
    return 2;
  }
  const sigset_t stop_signals = block_stop_signals();
  try {
    Fleet fleet;
    sentix::Server server("127.0.0.1", *port);
    set_up(server, fleet);
    const std::jthread summaries([&](const std::stop_token& ended) { summarize(server, fleet, stop_signals, ended); });
    server.start();
  } catch (const std::exception& error) {
    std::cerr << "example-telemetry: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
