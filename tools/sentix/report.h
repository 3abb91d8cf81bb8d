#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/sentix/source.h"

namespace sentix::tools {

// Something wrong with one setting.
struct Problem {
  Source source;
  std::string message;  // the end of a sentence
};

// "sentix.toml:7: port: \"70000\" is not a whole number from 0 to 65535", one line.
[[nodiscard]] inline std::string to_string(const Problem& problem) {
  const Source& source = problem.source;
  return place_text(source) + ": " + (source.name.empty() ? "" : source.name + ": ") + problem.message;
}

// What is wrong with the settings, gathered from every source before anything is said, so that one look mends it all.
struct Report {
  std::vector<Problem> problems;  // any of them stops the start
  std::vector<Problem> warnings;

  void problem(Source source, std::string_view message) {
    problems.push_back({std::move(source), std::string(message)});
  }
  void warning(Source source, std::string_view message) {
    warnings.push_back({std::move(source), std::string(message)});
  }
};

}  // namespace sentix::tools
