// A chat server in one file: what an application that embeds libsentix.a looks like.
//
//   chat_server PORT        0 takes a free port; SIGINT or SIGTERM ends it
#include <sentix/server.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <stop_token>
#include <string_view>
#include <system_error>
#include <thread>

using namespace std::chrono_literals;

namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return port;
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

void set_up(sentix::Server& server) {
  server.create_channel("general", {.max_clients = 500, .persistent = true});
  server.create_channel("support", {.max_clients = 50, .is_private = true, .auth = true});
  server.set_max_clients(1000).set_ping_interval(30s);
  server.set_authenticator([](const sentix::Credentials& given) {  // constant time; false where there is no token
    return sentix::equal(given["token"], "user_access_token");
  });

  server.on("connection.open",
            [&server](const sentix::Event&) { server.broadcast(sentix::quote("A new user joined!"), "general"); });
  server.on(
      "message.received",
      [](const sentix::Event& event) {
        return event.data() == sentix::quote("spam") ? sentix::Verdict::drop : sentix::Verdict::pass;
      },
      "general");
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<std::uint16_t> port = argc == 2 ? parse_port(argv[1]) : std::nullopt;
  if (!port) {
    std::cerr << "usage: chat_server PORT\n";
    return 2;
  }
  const sigset_t stop_signals = block_stop_signals();
  try {
    sentix::Server server("127.0.0.1", *port);
    set_up(server);

    const std::jthread announcer([&server] {
      if (server.wait_until_listening()) {
        std::cout << "chat on ws://127.0.0.1:" << server.port() << '\n' << std::flush;
      }
    });
    const std::jthread stopper([&server, &stop_signals](const std::stop_token& ended) {
      const timespec patience{.tv_sec = 0, .tv_nsec = 100'000'000};
      while (!ended.stop_requested()) {
        if (sigtimedwait(&stop_signals, nullptr, &patience) > 0) {
          server.stop();
        }
      }
    });
    server.start();
  } catch (const std::exception& error) {
    std::cerr << "chat_server: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
