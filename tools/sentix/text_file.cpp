#include "tools/sentix/text_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace sentix::tools {

namespace {

constexpr std::size_t kBytesMax = 1 << 20;

TextFile failed(int error) {
  return {.text = std::nullopt,
          .missing = error == ENOENT,
          .is_folder = error == EISDIR,
          .error = std::generic_category().message(error)};
}

}  // namespace

TextFile read_text_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (!file) {
    return failed(errno);
  }
  std::string text;
  std::array<char, 16'384> piece;
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), file.get())) {
    text.append(piece.data(), size);
    if (text.size() > kBytesMax) {
      return {.text = std::nullopt, .error = "it is larger than 1 MiB"};
    }
  }
  if (std::ferror(file.get()) != 0) {
    return failed(errno);
  }
  return {.text = std::move(text), .error = {}};
}

}  // namespace sentix::tools
