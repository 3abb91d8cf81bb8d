#pragma once

#include <spdlog/details/file_helper.h>
#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace sentix::tools {

// When a file is put aside for a new one: `x.log` becomes `x.log.1`, that one `x.log.2`, and so on.
struct Rotation {
  std::uint64_t bytes_max = 0;  // of one file, before a line that would not fit; 0: never
  std::uint64_t files = 0;      // that are kept beside the one that is written to
};

// A log file that can be opened anew while it is written to, as whoever else rotates it asks for. Any thread may call
// anything.
class FileSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  // Opens the file for appending, with the folders in front of it. Throws spdlog::spdlog_ex.
  FileSink(std::string path, Rotation rotation);

  // Goes on in a file that has the path now. Where it cannot be opened, throws spdlog::spdlog_ex and stays with the old
  // one.
  void reopen();

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override { file_->flush(); }

 private:
  using File = std::unique_ptr<spdlog::details::file_helper>;

  void use(File file);
  void rotate();

  const std::string path_;
  const Rotation rotation_;
  File file_;
  std::uint64_t bytes_ = 0;  // written since the file began, or since it could not be put aside
};

}  // namespace sentix::tools
