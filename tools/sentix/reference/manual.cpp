#include "tools/sentix/reference/manual.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace sentix::tools {

namespace {

constexpr std::size_t kManyFlags = 20;  // a command with so many has those of serve

// Text that man(7) shows as it is: no request at the beginning of a line, no escapes, and - as what one types.
std::string shown(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) {
      out += "\\&";
    }
    line_begins = c == '\n';
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string as_lines(const std::string& text) {
  return text.empty() ? "" : ".PP\n.nf\n" + shown(text) + "\n.fi\n";
}

std::string option_entry(const OptionNode& option) {
  std::string text = ".TP\n\\fB" + shown(option.flag) + "\\fR";
  if (!option.value.empty()) {
    text += (option.flag.empty() ? "\\fI" : " \\fI") + shown(option.value) + "\\fR";
  }
  return text + "\n" + shown(option.help) + "\n";
}

std::string synopsis(const CommandNode& command) {
  std::string text = ".B " + shown(command.path) + "\n";
  text += command.flags.empty() ? "" : "[flags]";
  for (const OptionNode& argument : command.arguments) {
    text += " \\fI" + shown(argument.value) + "\\fR";
  }
  return text + "\n";
}

bool has(const CommandNode& command, const std::string& flag) {
  return std::any_of(command.flags.begin(), command.flags.end(), [&](const auto& node) { return node.flag == flag; });
}

std::string section(const CommandNode& command, const CommandNode& serve) {
  std::string text = ".SS " + shown(command.path) + "\n" + synopsis(command) + ".PP\n" + shown(command.help) + "\n";
  for (const OptionNode& argument : command.arguments) {
    text += option_entry(argument);
  }
  const bool like_serve = command.flags.size() > kManyFlags;  // and perhaps some of its own
  text += like_serve ? ".PP\nIts flags are those of the section SETTINGS.\n" : "";
  for (const OptionNode& flag : command.flags) {
    text += like_serve && has(serve, flag.flag) ? "" : option_entry(flag);
  }
  return text + as_lines(command.footer);
}

// The help without the name, which stands before it.
std::string_view title_of(const CommandNode& root) {
  const std::string_view help = root.help;
  const std::string beginning = root.name + ", ";
  return help.starts_with(beginning) ? help.substr(beginning.size()) : help;
}

// The flags of serve, by their headings.
std::string settings(const CommandNode& serve) {
  std::string text;
  std::string_view group;
  for (const OptionNode& flag : serve.flags) {
    if (flag.group != group) {
      group = flag.group;
      text += ".SS " + shown(group) + "\n";
    }
    text += option_entry(flag);
  }
  return text;
}

}  // namespace

std::string manual_page(const CommandNode& root, std::string_view version) {
  std::string text = R"(.\" Written by `)" + root.name + " manual`.\n";
  text += ".TH " + upper(root.name) + " 1 \"\" \"" + shown(version) + "\" \"User commands\"\n";
  text += ".SH NAME\n" + root.name + " \\- " + shown(title_of(root)) + "\n.SH SYNOPSIS\n";
  text += ".B " + root.name + "\n\\fICOMMAND\\fR [flags]\n.SH DESCRIPTION\n" + shown(root.footer) + "\n";
  text += ".SH COMMANDS\n";
  const std::vector<const CommandNode*> commands = all_of(root);
  const auto serve =
      std::find_if(commands.begin(), commands.end(), [](const auto* one) { return one->name == "serve"; });
  for (const CommandNode* const command : commands) {
    if (command != &root && (command->commands.empty() || command->flags.size() > 1)) {  // more than a heading
      text += section(*command, **serve);
    }
  }
  text += ".SH SETTINGS\nEach is a flag, a variable of the environment and a key of the config file; what stands in\n";
  text += "brackets is the default and the variable. A flag comes before the environment, the environment before\n";
  text += ".IR .env ,\nthat before\n.IR sentix.toml .\n" + settings(**serve);
  text += ".SH FILES\n.TP\n.I sentix.toml\nThe config file, in the folder where the command runs, unless\n";
  text += ".B \\-\\-config\nnames another.\n.TP\n.I .env\nVariables, unless\n.B \\-\\-env\\-file\nnames another.\n";
  return text;
}

}  // namespace sentix::tools
