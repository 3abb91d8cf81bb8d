#pragma once

#include <string>

#include "tools/load/outcome.h"

namespace sentix::load {

// One second of a run in a line, for people who wait.
[[nodiscard]] std::string progress(const Interval& second, const Options& options);

// What came of a run, for people.
[[nodiscard]] std::string text_report(const Outcome& outcome);

// The same for programs: one object, its members named with their units.
[[nodiscard]] std::string json_report(const Outcome& outcome);

// The same as a picture: an SVG with the rate and the latencies over time, and the latency by percentile.
[[nodiscard]] std::string svg_report(const Outcome& outcome);

// The picture and the text in one page.
[[nodiscard]] std::string html_report(const Outcome& outcome);

}  // namespace sentix::load
