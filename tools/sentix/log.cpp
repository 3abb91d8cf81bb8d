#include "tools/sentix/log.h"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/periodic_worker.h>
#include <spdlog/sinks/daily_file_sink.h>
#include <spdlog/sinks/syslog_sink.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tools/sentix/file_sink.h"
#include "tools/sentix/log_repeats.h"
#include "tools/sentix/log_text.h"
#include "tools/sentix/report.h"
#include "tools/sentix/stderr_sink.h"

namespace sentix::tools {

namespace {

constexpr std::size_t kQueuedLinesMax = 8192;
constexpr std::chrono::seconds kPeriod{10};  // in which repeats are counted
constexpr const char* kPlainPattern = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})";
constexpr const char* kPlainSyslogPattern = "%v";  // syslog adds time and level itself
constexpr const char* kJsonSyslogPattern = R"({"level":"%l",%v})";

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
  LogRepeats repeats;
  const bool json;
  std::size_t lost_before = 0;  // for the periods alone
  std::unique_ptr<spdlog::details::periodic_worker> periods;

  explicit Outputs(const Settings& settings) : repeats(settings.log_repeats), json(settings.log_format == "json") {
    const Rotation rotation{.bytes_max = settings.log_max_bytes, .files = settings.log_files};
    add_channel(settings, rotation);
    if (!settings.error_log.empty()) {
      add_file(open<FileSink>(settings, "error_log", settings.error_log, rotation));
      sinks.back()->set_level(spdlog::level::err);
    }
    writer = std::make_shared<spdlog::details::thread_pool>(kQueuedLinesMax, 1);
    logger = std::make_shared<spdlog::async_logger>("sentix", sinks.begin(), sinks.end(), writer,
                                                    spdlog::async_overflow_policy::overrun_oldest);
    logger->set_pattern(json ? kJsonPattern : kPlainPattern);
    logger->set_level(spdlog::level::from_str(settings.log_level));
    logger->flush_on(spdlog::level::debug);
    if (settings.log_channel == "syslog") {
      sinks.front()->set_pattern(json ? kJsonSyslogPattern : kPlainSyslogPattern);
    }
    periods = std::make_unique<spdlog::details::periodic_worker>([this] { end_period(); }, kPeriod);
  }

  void add_channel(const Settings& settings, const Rotation& rotation) {
    if (settings.log_channel == "single") {
      add_file(open<FileSink>(settings, "log_path", settings.log_path, rotation));
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

  void write(const core::LogLine& line) {
    const std::string text = json ? json_members(line) : plain_text(line);
    logger->log(level_of(line.level), spdlog::string_view_t(text.data(), text.size()));
  }

  // Says what of the last period is not in the log.
  void end_period() {
    for (const LogRepeats::Held& held : repeats.end_period()) {
      const std::string text = std::to_string(held.lines) + " more of them in " + std::to_string(kPeriod.count()) +
                               " s: " + held.kind + " (log_repeats is " + std::to_string(repeats.lines_max()) + ")";
      const std::array<core::LogField, 1> fields{{{"lines", held.lines}}};
      write({.level = held.level, .text = text, .reason = held.kind, .fields = fields});
    }
    const std::size_t lost = writer->overrun_counter();
    if (const std::size_t lines = lost - std::exchange(lost_before, lost); lines > 0) {
      const std::string text = std::to_string(lines) + " lines are lost: they came faster than they could be written";
      const std::array<core::LogField, 1> fields{{{"lines", std::uint64_t{lines}}}};
      write({.level = core::LogLevel::warning, .text = text, .fields = fields});
    }
  }
};

Log::Log(const Settings& settings) : outputs_(std::make_unique<Outputs>(settings)) {}

Log::~Log() {
  outputs_->periods.reset();
  outputs_->end_period();
  if (outputs_->standard_error) {
    outputs_->standard_error->hurry();
  }
}

core::LogSink Log::sink() const {
  return [outputs = outputs_.get()](const core::LogLine& line) {
    if (outputs->logger->should_log(level_of(line.level)) && outputs->repeats.passes(line)) {
      outputs->write(line);
    }
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
