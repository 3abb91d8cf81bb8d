#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace sentix::core {

// Files that a server reads whole, and again when they have changed: certificates and keys.

// What tells one state of a file from another; all zero where it is not there.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t bytes = 0;
  std::int64_t modified_s = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileState&) const = default;
};

// Of what `path` leads to: it is the file that is looked at, not its name.
[[nodiscard]] FileState state_of(const std::string& path);

// Why a file cannot be had, as a sentence that begins with its path.
class SmallFileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
class FileTooLarge : public SmallFileError {  // larger than 1 MiB: a path may lead to a device that never ends
 public:
  using SmallFileError::SmallFileError;
};

// The whole of it. Throws SmallFileError.
[[nodiscard]] std::string read_small_file(const std::string& path);

}  // namespace sentix::core
