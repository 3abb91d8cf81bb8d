#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/counter.h"

namespace sentix::core {

// Writes metrics in Prometheus's text format 0.0.4. A family comes first, then its samples:
//
//     text.family("sentix_messages_total", "counter", "Messages received.");
//     text.sample(R"(worker="0")", 17);
//
// Names and help are literals that need no escaping; label values that may need it go through label().
class PrometheusText {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help);

  // Of the last family. `labels` as they stand between braces; may be empty.
  void sample(std::string_view labels, std::uint64_t value);
  void sample(std::string_view labels, double value);

  // One histogram of the last family: `counts` of Histogram::counts() added up over whatever it is of, and their sum.
  struct Buckets {
    std::array<std::uint64_t, Histogram::kBounds.size() + 1> counts{};
    std::uint64_t sum_ns = 0;

    void add(const Histogram& histogram);
  };
  void histogram(std::string_view labels, const Buckets& buckets);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void begin_sample(std::string_view suffix, std::string_view labels, std::string_view last_label);

  std::string text_;
  std::string_view family_;
};

// name="value", with the escapes that the format has.
[[nodiscard]] std::string label(std::string_view name, std::string_view value);

}  // namespace sentix::core
