#include <toml++/toml.h>

#include "tools/load/report.h"
#include "tools/sentix/toml_json.h"

namespace sentix::load {

namespace {

std::int64_t number(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

toml::table described_options(const Options& options) {
  return toml::table{{"connections", number(options.connections)},
                     {"in_flight", number(options.in_flight)},
                     {"bytes", number(options.bytes)},
                     {"binary", options.binary},
                     {"rate", options.rate},
                     {"rooms", number(options.rooms)},
                     {"subscribers", number(options.subscribers)},
                     {"slow", number(options.slow)},
                     {"plain", options.plain},
                     {"threads", number(options.threads)}};
}

toml::table described_latency(const Histogram& latency) {
  return toml::table{{"count", number(latency.count())},         {"p50", number(latency.quantile(0.5))},
                     {"p90", number(latency.quantile(0.9))},     {"p99", number(latency.quantile(0.99))},
                     {"p99.9", number(latency.quantile(0.999))}, {"max", number(latency.quantile(1))}};
}

toml::table described_server(const Outcome& outcome) {
  toml::table table;
  if (const auto share = outcome.server_share()) {
    table.insert("cpu_share", *share);
  }
  if (const auto microseconds = outcome.server_microseconds()) {
    table.insert("cpu_us_per_message", *microseconds);
  }
  if (outcome.server_resident_bytes) {
    table.insert("resident_bytes", number(*outcome.server_resident_bytes));
  }
  if (outcome.memory) {
    const auto point = [](const MemoryGrowth::Point& each) {
      return toml::table{{"connections", number(each.connections)}, {"resident_bytes", number(each.resident_bytes)}};
    };
    const MemoryGrowth& memory = *outcome.memory;
    table.insert("memory", toml::array{point(memory.before), point(memory.first), point(memory.all)});
    if (const auto bytes = memory.bytes_per_connection()) {
      table.insert("bytes_per_connection", *bytes);
    }
  }
  return table;
}

toml::array described_seconds(const std::vector<Interval>& seconds) {
  toml::array array;
  for (const Interval& second : seconds) {
    array.push_back(toml::table{{"begin", second.begin},
                                {"seconds", second.seconds},
                                {"received", number(second.totals.received)},
                                {"p50_ns", number(second.totals.latency.quantile(0.5))},
                                {"p99_ns", number(second.totals.latency.quantile(0.99))}});
  }
  return array;
}

toml::table described_kinds(const std::map<std::string, std::uint64_t>& kinds) {
  toml::table table;
  for (const auto& [kind, count] : kinds) {
    table.insert(kind, number(count));
  }
  return table;
}

}  // namespace

std::string json_report(const Outcome& outcome) {
  const Totals& totals = outcome.measured.totals;
  toml::array warnings;
  for (const std::string& warning : outcome.warnings()) {
    warnings.push_back(warning);
  }
  return tools::to_json(toml::table{
             {"scenario", described(outcome.options)},
             {"target", outcome.options.target.url},
             {"options", described_options(outcome.options)},
             {"connections", number(outcome.connections)},
             {"connect_seconds", outcome.connect_seconds},
             {"measured_seconds", outcome.measured.seconds},
             {"sent", number(totals.sent)},
             {"received", number(totals.received)},
             {"received_per_second", outcome.rate()},
             {"bytes_sent", number(totals.bytes_sent)},
             {"bytes_received", number(totals.bytes_received)},
             {"unanswered", number(outcome.unanswered)},
             {"latency_ns", described_latency(totals.latency)},
             {"server", described_server(outcome)},
             {"client", toml::table{{"cpu_share", outcome.client_share()}}},
             {"seconds", described_seconds(outcome.seconds)},
             {"endings", described_kinds(outcome.endings)},
             {"failures", described_kinds(outcome.failures)},
             {"warnings", warnings},
             {"interrupted", outcome.interrupted},
         }) +
         "\n";
}

}  // namespace sentix::load
