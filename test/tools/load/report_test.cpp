#include "tools/load/report.h"

#include <doctest/doctest.h>

#include "tools/load/chart.h"
#include "tools/load/units.h"

namespace sentix::load {
namespace {

// A second of echo in which 1,000 messages took a millisecond each.
Outcome outcome_of_a_second() {
  Outcome outcome;
  outcome.options.target.url = "ws://127.0.0.1:9001/<&>";
  outcome.connections = 100;
  outcome.measured.seconds = 1;
  outcome.measured.client_cpu_seconds = 0.5;
  outcome.measured.server_cpu_seconds = 0.25;
  outcome.measured.totals.sent = 1'000;
  outcome.measured.totals.received = 1'000;
  outcome.measured.totals.latency.add(buckets::index_of(1'000'000), 1'000);
  outcome.seconds.push_back(outcome.measured);
  return outcome;
}

TEST_CASE("numbers as people read them") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1'234'567) == "1,234,567");
  CHECK(decimal_text(0) == "0");
  CHECK(decimal_text(12.345) == "12.3");
  CHECK(decimal_text(0.046812) == "0.0468");
  CHECK(decimal_text(1'234.5) == "1234");
  CHECK(decimal_text(10) == "10");
  CHECK(decimal_text(100) == "100");
  CHECK(duration_text(812) == "812 ns");
  CHECK(duration_text(1'820) == "1.82 µs");
  CHECK(duration_text(12'300'000) == "12.3 ms");
  CHECK(duration_text(90'000'000'000) == "90 s");
  CHECK(size_text(20) == "20 B");
  CHECK(size_text(16 * 1024) == "16 KiB");
  CHECK(percent_text(0.974) == "97 %");
}

TEST_CASE("the server's cost is what a message took of a processor") {
  const Outcome outcome = outcome_of_a_second();
  CHECK(outcome.server_microseconds().value() == doctest::Approx(250));
  CHECK(outcome.server_share().value() == doctest::Approx(0.25));
  CHECK(outcome.client_share() == doctest::Approx(0.5));
  CHECK(outcome.rate() == doctest::Approx(1'000));
  CHECK(outcome.warnings().empty());
}

TEST_CASE("a reader is warned where the figures mean less than they seem to") {
  Outcome outcome = outcome_of_a_second();
  outcome.measured.client_cpu_seconds = 0.99;
  CHECK(outcome.warnings().size() == 1);
  outcome.measured.server_cpu_seconds = 1.0;  // the server was the limit all the same
  CHECK(outcome.warnings().empty());

  Outcome open_loop = outcome_of_a_second();
  open_loop.options.rate = 2'000;
  CHECK(open_loop.warnings().size() == 1);
  open_loop.options.rate = 1'000;
  CHECK(open_loop.warnings().empty());
  open_loop.unanswered = 1'500;
  CHECK(open_loop.warnings().size() == 1);
}

TEST_CASE("memory is told as the slope between two numbers of connections") {
  const MemoryGrowth memory{.before = {0, 1'000}, .first = {1'000, 500'000}, .all = {18'000, 7'300'000}};
  CHECK(memory.bytes_per_connection().value() == doctest::Approx(400));
  CHECK_FALSE(MemoryGrowth{.before = {}, .first = {1'000, 1}, .all = {1'000, 2}}.bytes_per_connection().has_value());
}

TEST_CASE("a run in which nothing happened is reported as well") {
  const Outcome nothing;
  CHECK(text_report(nothing).find("0 a second") != std::string::npos);
  CHECK(json_report(nothing).find("\"received\":0") != std::string::npos);
  CHECK(svg_report(nothing).find("nan") == std::string::npos);
}

TEST_CASE("a page holds the text and the picture, and nothing of a server's in its markup") {
  const std::string page = html_report(outcome_of_a_second());
  CHECK(page.find("<svg") != std::string::npos);
  CHECK(page.find("1,000 a second") != std::string::npos);
  CHECK(page.find("<&>") == std::string::npos);
  CHECK(page.find("&lt;&amp;&gt;") != std::string::npos);
}

TEST_CASE("steps of an axis are round, and reach what is shown") {
  CHECK(round_steps(100, 5) == std::vector<double>{0, 20, 40, 60, 80, 100});
  CHECK(round_steps(101, 5).back() >= 101);
  CHECK(round_steps(0, 5).size() >= 2);
  CHECK(round_steps(7, 4) == std::vector<double>{0, 2, 4, 6, 8});
}

}  // namespace
}  // namespace sentix::load
