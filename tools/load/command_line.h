#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "tools/load/options.h"

namespace sentix::load {

// What a command line can say: the scenarios, each a command with the flags that mean something to it.
class CommandLine {
 public:
  // Adds the commands. Must not move, and outlives the parsing.
  explicit CommandLine(CLI::App& app);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // After the parsing: what is to be done, with the addresses looked up; nothing where no scenario was named. Throws
  // std::invalid_argument with a sentence.
  [[nodiscard]] std::optional<Options> options() const;

 private:
  CLI::App& add_scenario(CLI::App& app, ScenarioKind kind, const std::string& name, const std::string& what);
  void add_rooms(CLI::App& command);
  void add_sizes(CLI::App& command, const std::string& bytes_help);
  void add_rate(CLI::App& command, const std::string& help);

  Options options_;
  std::string target_url_ = "ws://127.0.0.1:8080/";
  std::string publish_url_;
  bool chosen_ = false;
};

}  // namespace sentix::load
