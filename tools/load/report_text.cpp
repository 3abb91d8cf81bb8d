#include <array>
#include <cmath>
#include <cstdio>

#include "tools/load/report.h"
#include "tools/load/units.h"

namespace sentix::load {

namespace {

// Lines of a label and what belongs to it, in two columns.
class Lines {
 public:
  void add(const std::string& label, const std::string& text) {
    constexpr std::size_t kLabelWidth = 14;
    text_ += label + std::string(kLabelWidth - label.size(), ' ') + text + "\n";
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string latencies(const Histogram& latency) {
  return "p50 " + duration_text(latency.quantile(0.5)) + "   p90 " + duration_text(latency.quantile(0.9)) + "   p99 " +
         duration_text(latency.quantile(0.99)) + "   p99.9 " + duration_text(latency.quantile(0.999)) + "   max " +
         duration_text(latency.quantile(1));
}

std::string what_is_counted(const Options& options) {
  switch (options.scenario) {
    case ScenarioKind::fanout:
    case ScenarioKind::slow:
      return "deliveries";
    case ScenarioKind::connect:
      return "connections";
    case ScenarioKind::echo:
    case ScenarioKind::publish:
    case ScenarioKind::idle:
      break;
  }
  return "messages";
}

std::string singular(std::string plural) {
  if (plural == "deliveries") {
    return "delivery";
  }
  plural.pop_back();
  return plural;
}

void add_server(Lines& lines, const Outcome& outcome) {
  const auto share = outcome.server_share();
  if (!share) {
    return;
  }
  std::string text = percent_text(*share) + " of a processor";
  if (const auto microseconds = outcome.server_microseconds()) {
    text += ", " + decimal_text(*microseconds) + " µs a " + singular(what_is_counted(outcome.options));
  }
  if (outcome.server_resident_bytes) {
    text += ", " + size_text(*outcome.server_resident_bytes) + " resident";
  }
  lines.add("server", text);
}

void add_memory(Lines& lines, const Outcome& outcome) {
  if (!outcome.memory) {
    return;
  }
  const MemoryGrowth& memory = *outcome.memory;
  const auto point = [](const MemoryGrowth::Point& each) {
    return size_text(each.resident_bytes) + " with " + count_text(each.connections);
  };
  lines.add("memory", point(memory.before) + ", " + point(memory.first) + ", " + point(memory.all) + " connections");
  if (const auto bytes = memory.bytes_per_connection()) {
    lines.add("", count_text(static_cast<std::uint64_t>(std::llround(*bytes))) + " bytes for each after the first " +
                      count_text(memory.first.connections));
  }
}

void add_kinds(Lines& lines, const std::string& label, const std::map<std::string, std::uint64_t>& kinds) {
  std::string title = label;
  for (const auto& [kind, count] : kinds) {
    lines.add(title, count_text(count) + " × " + kind);
    title.clear();
  }
}

}  // namespace

std::string progress(const Interval& second, const Options& options) {
  const double seconds = std::max(second.seconds, 1e-9);
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(second.totals.received) / seconds);
  std::string line = decimal_text(second.begin + second.seconds) + " s of " +
                     decimal_text(std::chrono::duration<double>(options.duration).count()) + " s   " +
                     count_text(rate) + " " + what_is_counted(options) + "/s   p50 " +
                     duration_text(second.totals.latency.quantile(0.5)) + "   p99 " +
                     duration_text(second.totals.latency.quantile(0.99)) + "   client " +
                     percent_text(second.client_cpu_seconds / seconds);
  if (second.server_cpu_seconds) {
    line += "   server " + percent_text(*second.server_cpu_seconds / seconds);
  }
  if (second.totals.errors > 0) {
    line += "   " + count_text(second.totals.errors) + " errors";
  }
  return line;
}

std::string text_report(const Outcome& outcome) {
  const Totals& totals = outcome.measured.totals;
  const std::string counted = what_is_counted(outcome.options);
  Lines lines;
  lines.add("scenario", described(outcome.options));
  lines.add("target", outcome.options.target.url);
  if (outcome.connections > 0) {
    lines.add("connected", count_text(outcome.connections) + " in " + decimal_text(outcome.connect_seconds) + " s");
  }
  lines.add("measured", decimal_text(outcome.measured.seconds) + " s");
  lines.add(counted, count_text(totals.received) + ", " +
                         count_text(static_cast<std::uint64_t>(std::llround(outcome.rate()))) + " a second");
  if (totals.latency.count() > 0) {
    lines.add("latency", latencies(totals.latency));
  }
  add_server(lines, outcome);
  lines.add("client", percent_text(outcome.client_share()) + " of " + count_text(outcome.options.threads) +
                          (outcome.options.threads == 1 ? " thread" : " threads"));
  add_memory(lines, outcome);
  add_kinds(lines, "ended", outcome.endings);
  add_kinds(lines, "errors", outcome.failures);
  for (const std::string& warning : outcome.warnings()) {
    lines.add("note", warning);
  }
  return lines.text();
}

}  // namespace sentix::load
