#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace sentix::core {

// Whom to ask by HTTP who somebody is, and how long and how often.
struct WebhookOptions {
  std::string url = {};                                         // "https://..."; empty: nobody is asked
  std::string secret = {};                                      // sent as `Authorization: Bearer`; empty: not
  std::string ca_file = {};                                     // whose certificates are believed; empty: the system's
  std::chrono::milliseconds timeout = std::chrono::seconds(5);  // of one question, its waiting and its retries included
  std::size_t connections = 16;                                 // questions under way at one time, each on one
  std::size_t queue = 1024;                                     // that wait for one of them; more are not asked
  std::size_t retries = 2;                                      // after failures that another attempt may not meet
  std::vector<std::string> headers = {};                        // of the handshake, which are told to it, in lower case

  [[nodiscard]] bool enabled() const { return !url.empty(); }
  bool operator==(const WebhookOptions&) const = default;
};

}  // namespace sentix::core
