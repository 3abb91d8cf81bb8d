#include "tools/load/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace sentix::load {

namespace {

// Room around the plotted area, for its texts.
constexpr double kLeft = 84;
constexpr double kRight = 28;
constexpr double kTop = 34;
constexpr double kBottom = 44;
constexpr double kPlotWidth = kChartWidth - kLeft - kRight;
constexpr double kPlotHeight = kChartHeight - kTop - kBottom;
constexpr int kGridLines = 5;

std::string pixels(double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", number);
  return text.data();
}

std::string text_at(double x, double y, const std::string& anchor, const std::string& kind, const std::string& text) {
  return "<text x='" + pixels(x) + "' y='" + pixels(y) + "' text-anchor='" + anchor + "' class='" + kind + "'>" +
         escaped(text) + "</text>\n";
}

// Where values are on the picture.
class Scale {
 public:
  Scale(double x_low, double x_high, double y_high, double top)
      : x_low_(x_low), x_span_(std::max(x_high - x_low, 1e-12)), y_high_(std::max(y_high, 1e-12)), top_(top) {}

  [[nodiscard]] double x(double value) const { return kLeft + (value - x_low_) / x_span_ * kPlotWidth; }
  [[nodiscard]] double y(double value) const { return top_ + kTop + (1 - value / y_high_) * kPlotHeight; }

 private:
  double x_low_;
  double x_span_;
  double y_high_;
  double top_;
};

std::string grid(const Chart& chart, const Scale& scale, const std::vector<double>& steps) {
  std::string svg;
  for (const double step : steps) {
    const double y = scale.y(step);
    svg += "<line class='grid' x1='" + pixels(kLeft) + "' x2='" + pixels(kLeft + kPlotWidth) + "' y1='" + pixels(y) +
           "' y2='" + pixels(y) + "'/>\n";
    svg += text_at(kLeft - 8, y + 4, "end", "tick", chart.y_text(step));
  }
  for (const Chart::Tick& tick : chart.x_ticks) {
    svg += text_at(scale.x(tick.x), scale.y(0) + 18, "middle", "tick", tick.text);
  }
  return svg;
}

std::string polyline(const Chart::Line& line, std::size_t index, const Scale& scale) {
  std::string points;
  for (const Chart::Point& point : line.points) {
    points += pixels(scale.x(point.x)) + "," + pixels(scale.y(point.y)) + " ";
  }
  return "<polyline class='line" + std::to_string(index) + "' points='" + points + "'/>\n";
}

std::string legend(const std::vector<Chart::Line>& lines, double y) {
  std::string svg;
  double x = kLeft + kPlotWidth;
  for (std::size_t i = lines.size(); i-- > 0;) {
    constexpr double kWidthOfLetter = 7;
    svg += text_at(x, y, "end", "name line" + std::to_string(i), lines[i].name);
    x -= kWidthOfLetter * static_cast<double>(lines[i].name.size()) + 16;
  }
  return svg;
}

double highest(const std::vector<Chart::Line>& lines) {
  double value = 0;
  for (const Chart::Line& line : lines) {
    for (const Chart::Point& point : line.points) {
      value = std::max(value, point.y);
    }
  }
  return value;
}

}  // namespace

std::string svg_of(const Chart& chart, double top) {
  const std::vector<double> steps = round_steps(highest(chart.lines), kGridLines);
  const Scale scale(chart.x_ticks.front().x, chart.x_ticks.back().x, steps.back(), top);
  std::string svg = text_at(kLeft, top + 18, "start", "title", chart.title) + grid(chart, scale, steps);
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    svg += polyline(chart.lines[i], i, scale);
  }
  if (chart.lines.size() > 1) {
    svg += legend(chart.lines, top + 18);
  }
  return svg + text_at(kLeft + kPlotWidth, scale.y(0) + 36, "end", "tick", chart.x_title);
}

std::string chart_style() {
  return R"(
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
text.title { font-size: 14px; font-weight: 600 }
text.tick { fill: #656d76 }
line.grid { stroke: #d0d7de; stroke-width: 1 }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round }
polyline.line0 { stroke: #0969da } text.name.line0 { fill: #0969da }
polyline.line1 { stroke: #bc4c00 } text.name.line1 { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } text.tick { fill: #8b949e } line.grid { stroke: #30363d }
  polyline.line0 { stroke: #58a6ff } text.name.line0 { fill: #58a6ff }
  polyline.line1 { stroke: #f0883e } text.name.line1 { fill: #f0883e }
}
)";
}

std::vector<double> round_steps(double highest, int count) {
  const double rough = std::max(highest, 1e-9) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double candidate : {5.0, 2.0, 1.0}) {
    if (candidate * power >= rough) {
      step = candidate * power;
    }
  }
  std::vector<double> steps{0};
  do {
    steps.push_back(static_cast<double>(steps.size()) * step);
  } while (steps.back() < highest);
  return steps;
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace sentix::load
