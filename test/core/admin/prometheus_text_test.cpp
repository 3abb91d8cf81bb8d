#include "core/admin/prometheus_text.h"

#include <doctest/doctest.h>

using sentix::core::Histogram;
using sentix::core::label;
using sentix::core::PrometheusText;

TEST_CASE("a family comes before its samples") {
  PrometheusText text;
  text.family("sentix_x_total", "counter", "What x does.");
  text.sample("", std::uint64_t{18446744073709551615u});
  text.sample(label("worker", "0"), 0.25);
  CHECK(text.take() ==
        "# HELP sentix_x_total What x does.\n"
        "# TYPE sentix_x_total counter\n"
        "sentix_x_total 18446744073709551615\n"
        "sentix_x_total{worker=\"0\"} 0.25\n");
}

TEST_CASE("label values are escaped") {
  CHECK(label("a", "b") == R"(a="b")");
  CHECK(label("a", "\"\\\n") == "a=\"\\\"\\\\\\n\"");
}

TEST_CASE("a histogram counts in each bucket those of the smaller ones, and ends with all") {
  Histogram histogram;
  histogram.add(50'000);          // below a tenth of a millisecond
  histogram.add(100'000);         // exactly that: a bound belongs to its bucket
  histogram.add(2'000'000);       // 2 ms
  histogram.add(60'000'000'000);  // a minute
  PrometheusText::Buckets buckets;
  buckets.add(histogram);
  buckets.add(histogram);
  PrometheusText text;
  text.family("s", "histogram", "h");
  text.histogram(label("worker", "1"), buckets);
  const std::string written = text.take();
  for (const char* line :
       {"s_bucket{worker=\"1\",le=\"0.0001\"} 4\n", "s_bucket{worker=\"1\",le=\"0.001\"} 4\n",
        "s_bucket{worker=\"1\",le=\"0.0025\"} 6\n", "s_bucket{worker=\"1\",le=\"5\"} 6\n",
        "s_bucket{worker=\"1\",le=\"+Inf\"} 8\n", "s_sum{worker=\"1\"} 120.0043\n", "s_count{worker=\"1\"} 8\n"}) {
    CAPTURE(line);
    CHECK(written.find(line) != std::string::npos);
  }
}
