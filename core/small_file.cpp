#include "core/small_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace sentix::core {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;

struct Closing {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

FileState state_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return {};
  }
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .bytes = status.st_size,
          .modified_s = status.st_mtim.tv_sec,
          .modified_ns = status.st_mtim.tv_nsec};
}

std::string read_small_file(const std::string& path) {
  std::string text(kFileBytesMax + 1, '\0');
  errno = 0;
  const std::unique_ptr<std::FILE, Closing> file(std::fopen(path.c_str(), "rbe"));
  text.resize(file ? std::fread(text.data(), 1, text.size(), file.get()) : 0);
  if (!file || std::ferror(file.get()) != 0) {
    throw SmallFileError(path + " cannot be read: " + std::generic_category().message(errno));
  }
  if (text.size() > kFileBytesMax) {
    throw FileTooLarge(path + " is larger than 1 MiB");
  }
  return text;
}

}  // namespace sentix::core
