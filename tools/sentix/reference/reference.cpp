#include <iostream>
#include <memory>
#include <string>

#include "tools/sentix/commands.h"
#include "tools/sentix/reference/completions.h"
#include "tools/sentix/reference/manual.h"

namespace sentix::tools {

namespace {

int print_completions(const CLI::App& app, const std::string& shell) {
  const CommandNode root = describe(app);
  std::cout << (shell == "bash"  ? bash_completions(root)
                : shell == "zsh" ? zsh_completions(root)
                                 : fish_completions(root));
  return 0;
}

}  // namespace

void add_reference_commands(CLI::App& app, Action& chosen) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* const completions =
      app.add_subcommand("completions", "Print what makes a shell complete this command line.");
  completions->add_option("SHELL", *shell, "bash, zsh or fish.")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completions->footer(
      "Examples:\n"
      "  source <(sentix completions bash)\n"
      "  sentix completions fish > ~/.config/fish/completions/sentix.fish");
  completions->callback([&app, &chosen, shell] { chosen = [&app, shell] { return print_completions(app, *shell); }; });

  CLI::App* const manual = app.add_subcommand("manual", "Print the manual page, for man(1).");
  manual->footer("Example:\n  sentix manual | man -l -");
  manual->callback([&app, &chosen] {
    chosen = [&app] {
      std::cout << manual_page(describe(app), app.version());
      return 0;
    };
  });
}

}  // namespace sentix::tools
