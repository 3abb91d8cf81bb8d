#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentix::core {

// One file of a page that the listener serves. Static memory, such as a text that the build has put into the program.
struct AdminFile {
  std::string_view path;  // "/", "/main.js"
  std::string_view content_type;
  std::string_view body;
};

// The admin listener: health, metrics and the HTTP API of one server. Constant once it runs.
struct AdminOptions {
  std::string address;     // HOST:PORT, port 0 takes a free one; empty: there is none
  bool insists = true;     // an address that is taken stops the start; otherwise that is a warning, and there is none
  bool shared = false;     // another process may listen beside this one: its successor, before this one lets go
  std::string token;       // the bearer token that those show who are not on this machine; empty: they are refused
  std::string read_token;  // another, with which one may look and change nothing; empty: there is none
  std::span<const AdminFile> files;  // that anybody may load, without a token: a page that then asks for its data
  std::vector<std::string> hosts;    // names in Host headers besides literal addresses and localhost

  std::size_t body_bytes_max = 1 << 20;  // of one request; more is refused with 413
  std::size_t connections_max = 64;      // at one time; the one that has waited longest for a request makes way
  std::size_t taps_max = 8;              // of channels at one time; more are refused with 429
  std::size_t tap_bytes_max = 1 << 20;   // waiting for whoever taps; what comes on top is left out, and counted
  std::chrono::milliseconds request_timeout = std::chrono::seconds(10);  // for a request to arrive whole, then 408; and
                                                                         // for an answer to be taken
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(90);     // between requests: longer than most scrapes
  std::chrono::milliseconds answer_timeout = std::chrono::seconds(5);    // for what workers are asked; then 504

  [[nodiscard]] bool enabled() const { return !address.empty(); }
};

// HOST:PORT in its parts; the host without the brackets of IPv6.
struct AdminAddress {
  std::string host;
  std::uint16_t port = 0;
};

// nullopt where `text` is not HOST:PORT with a port up to 65535.
[[nodiscard]] std::optional<AdminAddress> parse_admin_address(std::string_view text);

}  // namespace sentix::core
