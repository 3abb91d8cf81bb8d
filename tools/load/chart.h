#pragma once

#include <functional>
#include <string>
#include <vector>

namespace sentix::load {

// A line chart as SVG. Colours are classes, so that a style sheet of the whole picture can fit light and dark.
struct Chart {
  struct Point {
    double x;
    double y;
  };
  struct Line {
    std::string name;
    std::vector<Point> points;
  };
  struct Tick {
    double x;
    std::string text;
  };

  std::string title;
  std::string x_title;
  std::vector<Line> lines;
  std::vector<Tick> x_ticks;                  // in their order; the first and the last are the ends of the axis
  std::function<std::string(double)> y_text;  // what is written beside a line of the grid
};

inline constexpr double kChartWidth = 760;
inline constexpr double kChartHeight = 250;

// The chart as a group of elements, `top` pixels below the picture's upper edge.
[[nodiscard]] std::string svg_of(const Chart& chart, double top);

// A style sheet for the classes of svg_of().
[[nodiscard]] std::string chart_style();

// About `count` round steps, at least two, from 0 to at least `highest`: 0, 20, 40, 60.
[[nodiscard]] std::vector<double> round_steps(double highest, int count);

// Text without the characters that mean something in SVG and HTML.
[[nodiscard]] std::string escaped(const std::string& text);

}  // namespace sentix::load
