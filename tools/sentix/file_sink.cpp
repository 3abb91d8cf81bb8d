#include "tools/sentix/file_sink.h"

#include <filesystem>
#include <system_error>
#include <utility>

namespace sentix::tools {

namespace {

std::unique_ptr<spdlog::details::file_helper> opened(const std::string& path) {
  auto file = std::make_unique<spdlog::details::file_helper>();
  file->open(path);
  return file;
}

std::string numbered(const std::string& path, std::uint64_t number) {
  return number == 0 ? path : path + "." + std::to_string(number);
}

}  // namespace

FileSink::FileSink(std::string path, Rotation rotation) : path_(std::move(path)), rotation_(rotation) {
  use(opened(path_));
}

void FileSink::reopen() {
  File file = opened(path_);
  const std::lock_guard lock(mutex_);
  use(std::move(file));
}

void FileSink::use(File file) {
  file_ = std::move(file);
  std::error_code none;
  bytes_ = std::filesystem::is_regular_file(path_, none) ? file_->size() : 0;
}

void FileSink::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  if (rotation_.bytes_max > 0 && bytes_ > 0 && bytes_ + line.size() > rotation_.bytes_max) {
    rotate();
  }
  bytes_ += line.size();
  file_->write(line);
}

// What cannot be put aside (another's folder, a device) goes on growing, and is tried again a file's length later.
void FileSink::rotate() {
  bytes_ = 0;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path_, error)) {
    return;
  }
  for (std::uint64_t number = rotation_.files; number > 0; --number) {
    std::filesystem::rename(numbered(path_, number - 1), numbered(path_, number), error);  // there may be fewer yet
  }
  if (rotation_.files == 0) {
    std::filesystem::remove(path_, error);
  }
  if (!std::filesystem::exists(path_, error)) {
    use(opened(path_));
  }
}

}  // namespace sentix::tools
