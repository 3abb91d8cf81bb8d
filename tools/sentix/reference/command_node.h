#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace sentix::tools {

// The command line as data, read off the parser itself, so that completions and the manual page know every command
// and flag that there is, and none that there is not.

struct OptionNode {
  std::string flag;                  // "--host"; empty: an argument, which has a place instead
  std::string value;                 // what it takes, as its help names it: "N", "FILE"; empty: nothing
  std::vector<std::string> choices;  // all that the value can be; empty: anything
  std::string help;                  // one paragraph
  std::string group;                 // the heading it stands under
};

struct CommandNode {
  std::string path;  // "sentix config publish"
  std::string name;  // "publish"
  std::string help;
  std::string footer;  // lines as they are to be shown
  std::vector<OptionNode> flags;
  std::vector<OptionNode> arguments;  // whose `value` is their name
  std::vector<CommandNode> commands;
};

[[nodiscard]] CommandNode describe(const CLI::App& app);

// Each of a command and those below it, the command itself first.
[[nodiscard]] std::vector<const CommandNode*> all_of(const CommandNode& command);

}  // namespace sentix::tools
