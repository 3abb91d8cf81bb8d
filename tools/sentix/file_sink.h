#pragma once

#include <spdlog/details/file_helper.h>
#include <spdlog/sinks/base_sink.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace sentix::tools {

// A log file that can be opened anew while it is written to, as whoever rotates it asks for. Any thread may call
// anything.
class FileSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  // Opens the file for appending, with the folders in front of it. Throws spdlog::spdlog_ex.
  explicit FileSink(std::string path) : path_(std::move(path)), file_(opened(path_)) {}

  // Goes on in a file that has the path now. Where it cannot be opened, throws spdlog::spdlog_ex and stays with the old
  // one.
  void reopen() {
    auto file = opened(path_);
    const std::lock_guard lock(mutex_);
    file_ = std::move(file);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    file_->write(line);
  }
  void flush_() override { file_->flush(); }

 private:
  static std::unique_ptr<spdlog::details::file_helper> opened(const std::string& path) {
    auto file = std::make_unique<spdlog::details::file_helper>();
    file->open(path);
    return file;
  }

  const std::string path_;
  std::unique_ptr<spdlog::details::file_helper> file_;
};

}  // namespace sentix::tools
