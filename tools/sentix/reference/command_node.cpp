#include "tools/sentix/reference/command_node.h"

#include <algorithm>
#include <string_view>

#include "tools/sentix/settings_table.h"

namespace sentix::tools {

namespace {

std::vector<std::string> choices_of(const std::string& flag) {
  const auto table = settings_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return flag_of(row) == flag; });
  if (found == table.end()) {
    return {};
  }
  if (found->shape.kind == Kind::boolean) {
    return {"true", "false"};
  }
  std::vector<std::string> choices;
  std::string_view rest = found->shape.choices;
  while (!rest.empty()) {
    const std::size_t space = std::min(rest.find(' '), rest.size());
    choices.emplace_back(rest.substr(0, space));
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return choices;
}

OptionNode describe_option(const CLI::Option& option) {
  OptionNode node;
  node.help = option.get_description();
  std::replace(node.help.begin(), node.help.end(), '\n', ' ');
  node.group = option.get_group();
  if (option.get_positional()) {
    node.value = option.get_name(true);
    return node;
  }
  node.flag = "--" + option.get_lnames().front();
  if (option.get_items_expected_max() > 0) {
    const std::string type = option.get_type_name();
    node.value = type.substr(0, type.find(':'));  // behind it stands how it is checked
  }
  node.choices = choices_of(node.flag);
  return node;
}

CommandNode describe_command(const CLI::App& app, const std::string& path) {
  CommandNode node;
  node.path = path;
  node.name = app.get_name();
  node.help = app.get_description();
  const CLI::App* const parent = app.get_parent();
  node.footer = parent != nullptr && parent->get_footer() == app.get_footer() ? "" : app.get_footer();  // inherited
  const auto add_options = [&](const CLI::App& of) {
    for (const CLI::Option* const option : of.get_options()) {
      if (&of != &app && option == of.get_help_ptr()) {
        continue;
      }
      (option->get_positional() ? node.arguments : node.flags).push_back(describe_option(*option));
    }
  };
  add_options(app);
  for (const CLI::App* const sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (sub->get_name().empty()) {  // a group of options
      add_options(*sub);
    } else {
      node.commands.push_back(describe_command(*sub, path + " " + sub->get_name()));
    }
  }
  return node;
}

}  // namespace

CommandNode describe(const CLI::App& app) {
  return describe_command(app, app.get_name());
}

std::vector<const CommandNode*> all_of(const CommandNode& command) {
  std::vector<const CommandNode*> all{&command};
  for (const CommandNode& below : command.commands) {
    for (const CommandNode* const one : all_of(below)) {
      all.push_back(one);
    }
  }
  return all;
}

}  // namespace sentix::tools
