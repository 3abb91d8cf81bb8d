#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentix::tools {

// One `KEY=value` of a .env file.
struct EnvEntry {
  std::string name;
  std::optional<std::string> value;  // nullopt: a name alone, without `=`
  std::size_t line = 0;              // where it begins, from 1
};

struct EnvError {
  std::size_t line = 0;
  std::string name;     // of the variable, where it was read so far
  std::string message;  // the end of a sentence
};

struct EnvFile {
  std::vector<EnvEntry> entries;  // in the order of the file; of several with one name the last one counts
  std::vector<EnvError> errors;
};

// What a variable is in the environment of the process; nullopt where it is not there.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string_view name)>;

// Reads a .env file as Laravel's reader, phpdotenv 5, does:
//
//   KEY=value              spaces around either side of `=` are dropped, and `export ` in front of KEY
//   KEY=value # comment    a `#` ends an unquoted value wherever it stands; a line that begins with one is a comment
//   KEY="a \"b\"\n$"       double quotes: the escapes \" \\ \$ \f \n \r \t \v, and the value may span lines
//   KEY='$a \n'            single quotes: everything is itself
//   KEY=${OTHER}/x         in unquoted and double-quoted values: what OTHER is in the environment, else earlier in the
//   file; where it
//                          is neither, the text stays as it is. A `$` without `{NAME}` is itself
//   KEY                    is there, without a value
//
// A name is letters, digits, `_` and `.`, and may stand in quotes of either kind. A byte order mark in front of the
// text is no part of it. Where a name is followed by something else than `=`, the error has the name. An error ends its
// line alone: reading goes on behind it, so that all errors are found at once. The text need not end with a line feed;
// nothing outside of it is read.
[[nodiscard]] EnvFile parse_env_file(std::string_view text, const EnvironmentLookup& environment);

}  // namespace sentix::tools
