#include <algorithm>
#include <cmath>

#include "tools/load/chart.h"
#include "tools/load/report.h"
#include "tools/load/units.h"

namespace sentix::load {

namespace {

std::string duration_of(double nanoseconds) {
  return duration_text(static_cast<std::uint64_t>(nanoseconds));
}

std::vector<Chart::Tick> time_ticks(const Outcome& outcome) {
  std::vector<Chart::Tick> ticks;
  for (const double step : round_steps(outcome.measured.seconds, 8)) {
    if (step <= outcome.measured.seconds) {
      ticks.push_back({step, decimal_text(step)});
    }
  }
  ticks.push_back({std::max(outcome.measured.seconds, ticks.back().x), ""});
  return ticks;
}

Chart rate_chart(const Outcome& outcome) {
  Chart::Line line{.name = "received", .points = {}};
  for (const Interval& second : outcome.seconds) {
    if (second.seconds > 0) {
      line.points.push_back(
          {second.begin + second.seconds, static_cast<double>(second.totals.received) / second.seconds});
    }
  }
  return {.title = "Received a second",
          .x_title = "seconds",
          .lines = {line},
          .x_ticks = time_ticks(outcome),
          .y_text = [](double value) { return count_text(static_cast<std::uint64_t>(std::llround(value))); }};
}

Chart latency_chart(const Outcome& outcome) {
  const auto line = [&](const std::string& name, double quantile) {
    Chart::Line result{.name = name, .points = {}};
    for (const Interval& second : outcome.seconds) {
      result.points.push_back(
          {second.begin + second.seconds, static_cast<double>(second.totals.latency.quantile(quantile))});
    }
    return result;
  };
  return {.title = "Latency",
          .x_title = "seconds",
          .lines = {line("p50", 0.5), line("p99", 0.99)},
          .x_ticks = time_ticks(outcome),
          .y_text = duration_of};
}

// The axis gives each nine of a percentile the same room, as far as there are enough values for it.
Chart percentile_chart(const Outcome& outcome) {
  const Histogram& latency = outcome.measured.totals.latency;
  const int nines =
      std::max(1, static_cast<int>(std::log10(static_cast<double>(std::max<std::uint64_t>(latency.count(), 1)))));
  Chart chart{.title = "Latency by percentile",
              .x_title = "percentile",
              .lines = {{.name = "latency", .points = {}}},
              .x_ticks = {{0, "0"}},
              .y_text = duration_of};
  constexpr int kPointsPerNine = 50;
  for (int i = 0; i <= nines * kPointsPerNine; ++i) {
    const double x = static_cast<double>(i) / kPointsPerNine;
    chart.lines[0].points.push_back({x, static_cast<double>(latency.quantile(1 - std::pow(10, -x)))});
  }
  std::string text = "9";
  for (int nine = 1; nine <= nines; ++nine) {
    chart.x_ticks.push_back({static_cast<double>(nine), nine == 1 ? "90" : text});
    text += nine == 2 ? ".9" : "9";
  }
  return chart;
}

}  // namespace

std::string svg_report(const Outcome& outcome) {
  std::vector<Chart> charts{rate_chart(outcome)};
  if (outcome.measured.totals.latency.count() > 0) {
    charts.push_back(latency_chart(outcome));
    charts.push_back(percentile_chart(outcome));
  }
  constexpr double kTitleHeight = 36;
  const double height = kTitleHeight + kChartHeight * static_cast<double>(charts.size());
  std::string svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " + decimal_text(kChartWidth) + " " +
                    std::to_string(static_cast<int>(height)) + "'><style>" + chart_style() +
                    "</style>\n<text class='title' x='12' y='22'>" + escaped(described(outcome.options)) + "</text>\n";
  double top = kTitleHeight;
  for (const Chart& chart : charts) {
    svg += svg_of(chart, top);
    top += kChartHeight;
  }
  return svg + "</svg>\n";
}

std::string html_report(const Outcome& outcome) {
  return "<!doctype html>\n<html lang='en'>\n<meta charset='utf-8'>\n"
         "<meta name='viewport' content='width=device-width'>\n<meta name='color-scheme' content='light dark'>\n"
         "<title>" +
         escaped(described(outcome.options)) +
         "</title>\n<style>body { max-width: 800px; margin: 2em auto; padding: 0 1em; font-family: system-ui } "
         "pre { overflow-x: auto }</style>\n" +
         svg_report(outcome) + "<pre>" + escaped(text_report(outcome)) + "</pre>\n</html>\n";
}

}  // namespace sentix::load
