#include "tools/sentix/reference/completions.h"

#include <string_view>

namespace sentix::tools {

namespace {

constexpr std::size_t kHelpBytes = 70;  // of one line in a list

// In single quotes of a shell. In bash and zsh a quote cannot stand inside of them; in fish it is escaped there, where
// '\'' happens to mean the same.
std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

// The beginning of a help, up to its first sentence's end.
std::string brief(std::string_view help) {
  std::string_view line = help.substr(0, help.find_first_of(".;:["));
  if (line.size() > kHelpBytes) {
    line = line.substr(0, line.rfind(' ', kHelpBytes));
  }
  return std::string(line);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

// `case` branches by which a path grows with each command that is named: "sentix config" and "publish" are the next.
std::string path_branches(const CommandNode& root, std::string_view before, std::string_view after) {
  std::string text;
  for (const CommandNode* const command : all_of(root)) {
    if (command != &root) {
      text.append(before).append("'" + command->path + "'").append(after);
    }
  }
  return text;
}

// What can be written where a command is: its commands, or its flags.
std::vector<std::string> words_of(const CommandNode& command) {
  std::vector<std::string> words;
  for (const CommandNode& below : command.commands) {
    words.push_back(below.name);
  }
  for (const OptionNode& flag : command.flags) {
    words.push_back(flag.flag);
  }
  return words;
}

// Whether the next word is the flag's: what follows --debug, whose value may be left out, may be another flag.
bool takes_word(const OptionNode& flag) {
  return !flag.value.empty() && !flag.value.starts_with('[');
}

// The branches of a `case` over "PATH FLAG" that offer what a flag's value can be; `offer` goes before the choices.
std::string value_branches(const CommandNode& root, std::string_view offer, std::string_view end,
                           std::string_view files) {
  std::string text;
  for (const CommandNode* const command : all_of(root)) {
    for (const OptionNode& flag : command->flags) {
      if (!takes_word(flag)) {
        continue;
      }
      text += "    '" + command->path + " " + flag.flag + "') ";
      text += flag.choices.empty() ? std::string(files) : std::string(offer) + joined(flag.choices) + std::string(end);
      text += "; return ;;\n";
    }
  }
  return text;
}

}  // namespace

std::string bash_completions(const CommandNode& root) {
  std::string text = "# Completion of " + root.name + " for bash, written by `" + root.name + " completions bash`.\n";
  text += "_" + root.name + "() {\n  local current=\"${COMP_WORDS[COMP_CWORD]}\" path=" + root.name + " word\n";
  text += "  COMPREPLY=()\n  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case \"$path $word\" in\n";
  text += path_branches(root, "      ", ") path=\"$path $word\" ;;\n");
  text += "    esac\n  done\n  case \"$path ${COMP_WORDS[COMP_CWORD-1]}\" in\n";
  text += value_branches(root, "COMPREPLY=($(compgen -W '", "' -- \"$current\"))", ":");
  text += "  esac\n  case \"$path\" in\n";
  for (const CommandNode* const command : all_of(root)) {
    text += "    '" + command->path + "') COMPREPLY=($(compgen -W '" + joined(words_of(*command)) +
            "' -- \"$current\")) ;;\n";
  }
  // Where nothing is offered, bash offers files.
  return text + "  esac\n}\ncomplete -o bashdefault -o default -F _" + root.name + " " + root.name + "\n";
}

std::string zsh_completions(const CommandNode& root) {
  const auto entry = [](const std::string& name, const std::string& help) {
    return " " + single_quoted(name + ":" + brief(help));
  };
  std::string text = "#compdef " + root.name + "\n# Written by `" + root.name + " completions zsh`.\n";
  text += "_" + root.name + "() {\n  local current_path=" + root.name + " word\n  local -a entries\n";
  text += "  for word in ${words[2,CURRENT-1]}; do\n    case \"$current_path $word\" in\n";
  text += path_branches(root, "      ", ") current_path=\"$current_path $word\" ;;\n");
  text += "    esac\n  done\n  case \"$current_path ${words[CURRENT-1]}\" in\n";
  text += value_branches(root, "compadd -- ", "", "_files");
  text += "  esac\n  case \"$current_path\" in\n";
  for (const CommandNode* const command : all_of(root)) {
    text += "    '" + command->path + "') entries=(";
    for (const CommandNode& below : command->commands) {
      text += entry(below.name, below.help);
    }
    for (const OptionNode& flag : command->flags) {
      text += entry(flag.flag, flag.help);
    }
    text += ") ;;\n";
  }
  text += "  esac\n  _describe " + root.name + " entries || _files\n}\n";
  // Loaded from a file the script is the body of the function at first; sourced, it has to be made known.
  return text + "if [[ ${funcstack[1]} == _" + root.name + " ]]; then _" + root.name + "; else compdef _" + root.name +
         " " + root.name + "; fi\n";
}

std::string fish_completions(const CommandNode& root) {
  const std::string function = "__" + root.name + "_path";
  std::string text = "# Completion of " + root.name + " for fish, written by `" + root.name + " completions fish`.\n";
  text += "function " + function + "\n  set -l current " + root.name + "\n";
  text += "  for word in (commandline -opc)[2..-1]\n    switch \"$current $word\"\n";
  text += path_branches(root, "      case ", "\n        set current \"$current $word\"\n");
  text += "    end\n  end\n  echo $current\nend\n";
  for (const CommandNode* const command : all_of(root)) {
    const std::string here = "complete -c " + root.name + " -n 'test (" + function + ") = \"" + command->path + "\"'";
    for (const CommandNode& below : command->commands) {
      text += here + " -f -a " + below.name + " -d " + single_quoted(brief(below.help)) + "\n";
    }
    for (const OptionNode& flag : command->flags) {
      text += here + " -l " + flag.flag.substr(2);
      text += takes_word(flag) ? " -r" : "";
      text += flag.choices.empty() || !takes_word(flag) ? "" : " -f -a " + single_quoted(joined(flag.choices));
      text += " -d " + single_quoted(brief(flag.help)) + "\n";
    }
  }
  return text;
}

}  // namespace sentix::tools
