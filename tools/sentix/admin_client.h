#pragma once

#include <string>
#include <string_view>

#include "core/admin/admin_options.h"
#include "tools/sentix/client/server_url.h"

namespace sentix::tools {

// Asks the admin listener of a running server, for commands that do one thing and end: one connection a request, which
// waits for the answer, and gives up where nothing happens for ten seconds.
class AdminClient {
 public:
  // Where a server listens on every address of its machine, it is asked on the loopback one. An empty token is not
  // sent.
  AdminClient(const core::AdminAddress& address, std::string token);

  // The body of the answer, which is JSON. std::runtime_error with a sentence where nobody answers, or the answer is an
  // error: its message then.
  [[nodiscard]] std::string get(std::string_view path) const { return ask("GET", path, {}); }
  [[nodiscard]] std::string post(std::string_view path, std::string_view json) const { return ask("POST", path, json); }

 private:
  [[nodiscard]] std::string ask(std::string_view method, std::string_view path, std::string_view json) const;
  [[nodiscard]] std::string request(std::string_view method, std::string_view path, std::string_view json) const;

  ServerUrl url_;
  std::string token_;
};

// What an answer says: the body, or std::runtime_error. `response` is all of it, to the end of its connection.
[[nodiscard]] std::string answer_of(std::string_view response);

}  // namespace sentix::tools
