#pragma once

#include <optional>
#include <string>

namespace sentix::tools {

// A small text file, read whole.
struct TextFile {
  std::optional<std::string> text;  // nullopt: it could not be read
  bool missing = false;             // there is no such file
  bool is_folder = false;           // there is a folder of that name
  std::string error;                // why it could not be read, as the end of a sentence
};

// Regular files and pipes, so that `--config <(command)` works. A file above 1 MiB is an error: it is none of settings.
[[nodiscard]] TextFile read_text_file(const std::string& path);

}  // namespace sentix::tools
