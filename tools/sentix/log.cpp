#include "tools/sentix/log.h"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/daily_file_sink.h>
#include <spdlog/sinks/syslog_sink.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "tools/sentix/file_sink.h"
#include "tools/sentix/report.h"
#include "tools/sentix/stderr_sink.h"

namespace sentix::tools {

namespace {

constexpr std::size_t kQueuedLinesMax = 8192;

// websocket.log of 1 February 2024 is websocket-2024-02-01.log.
struct DatedName {
  static std::string calc_filename(const std::string& path, const std::tm& day) {
    const auto [stem, extension] = spdlog::details::file_helper::split_by_extension(path);
    return spdlog::fmt_lib::format("{}-{:04d}-{:02d}-{:02d}{}", stem, day.tm_year + 1900, day.tm_mon + 1, day.tm_mday,
                                   extension);
  }
};
using DailySink = spdlog::sinks::daily_file_sink<std::mutex, DatedName>;

spdlog::level::level_enum level_of(core::LogLevel level) {
  switch (level) {
    case core::LogLevel::debug:
      return spdlog::level::debug;
    case core::LogLevel::info:
      return spdlog::level::info;
    case core::LogLevel::warning:
      return spdlog::level::warn;
    case core::LogLevel::error:
      break;
  }
  return spdlog::level::err;
}

// Opens a sink; what hinders it is said of the setting that asked for it.
template <typename Sink, typename... Arguments>
std::shared_ptr<Sink> open(const Settings& settings, std::string_view key, Arguments&&... arguments) {
  try {
    return std::make_shared<Sink>(std::forward<Arguments>(arguments)...);
  } catch (const spdlog::spdlog_ex& error) {
    throw std::runtime_error(to_string(Problem{source_of(settings, key), error.what()}));
  }
}

}  // namespace

struct Log::Outputs {
  std::vector<std::shared_ptr<FileSink>> files;
  std::shared_ptr<StderrSink> standard_error;  // null: the channel is another
  std::vector<spdlog::sink_ptr> sinks;
  std::shared_ptr<spdlog::async_logger> logger;
  std::shared_ptr<spdlog::details::thread_pool> writer;  // its end writes what is queued, and joins its thread

  explicit Outputs(const Settings& settings) {
    add_channel(settings);
    if (!settings.error_log.empty()) {
      add_file(open<FileSink>(settings, "error_log", settings.error_log));
      sinks.back()->set_level(spdlog::level::err);
    }
    writer = std::make_shared<spdlog::details::thread_pool>(kQueuedLinesMax, 1);
    logger = std::make_shared<spdlog::async_logger>("sentix", sinks.begin(), sinks.end(), writer,
                                                    spdlog::async_overflow_policy::overrun_oldest);
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    logger->set_level(settings.server.debug ? spdlog::level::debug : spdlog::level::info);
    logger->flush_on(spdlog::level::debug);
    if (settings.log_channel == "syslog") {
      sinks.front()->set_pattern("%v");  // syslog adds time and level itself
    }
  }

  void add_channel(const Settings& settings) {
    if (settings.log_channel == "single") {
      add_file(open<FileSink>(settings, "log_path", settings.log_path));
    } else if (settings.log_channel == "daily") {
      sinks.push_back(open<DailySink>(settings, "log_path", settings.log_path, 0, 0, false,
                                      static_cast<std::uint16_t>(settings.log_days)));
    } else if (settings.log_channel == "syslog") {
      sinks.push_back(std::make_shared<spdlog::sinks::syslog_sink_mt>("sentix", LOG_PID, LOG_DAEMON, true));
    } else {
      standard_error = std::make_shared<StderrSink>();
      sinks.push_back(standard_error);
    }
  }

  void add_file(const std::shared_ptr<FileSink>& file) {
    files.push_back(file);
    sinks.push_back(file);
  }
};

Log::Log(const Settings& settings) : outputs_(std::make_unique<Outputs>(settings)) {}

Log::~Log() {
  if (outputs_->standard_error) {
    outputs_->standard_error->hurry();
  }
}

core::LogSink Log::sink() const {
  return [logger = outputs_->logger](core::LogLevel level, std::string_view line) {
    logger->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
  };
}

std::string Log::reopen() {
  std::string error;
  for (const auto& file : outputs_->files) {
    try {
      file->reopen();
    } catch (const spdlog::spdlog_ex& failure) {
      error = failure.what();
    }
  }
  return error;
}

}  // namespace sentix::tools
