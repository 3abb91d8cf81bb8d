#include "core/admin/prometheus_text.h"

#include <array>
#include <charconv>

namespace sentix::core {
namespace {

constexpr double kNsPerSecond = 1e9;

// The shortest text without an exponent that reads as the same number, in any locale.
std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), result.ptr};
}

}  // namespace

void PrometheusText::family(std::string_view name, std::string_view type, std::string_view help) {
  family_ = name;
  for (const auto& [keyword, value] : {std::pair("# HELP ", help), std::pair("# TYPE ", type)}) {
    text_ += keyword;
    text_ += name;
    text_ += ' ';
    text_ += value;
    text_ += '\n';
  }
}

void PrometheusText::sample(std::string_view labels, std::uint64_t value) {
  begin_sample("", labels, "");
  text_ += std::to_string(value);
  text_ += '\n';
}

void PrometheusText::sample(std::string_view labels, double value) {
  begin_sample("", labels, "");
  text_ += number_text(value);
  text_ += '\n';
}

void PrometheusText::begin_sample(std::string_view suffix, std::string_view labels, std::string_view last_label) {
  text_ += family_;
  text_ += suffix;
  if (!labels.empty() || !last_label.empty()) {
    text_ += '{';
    text_ += labels;
    text_ += labels.empty() || last_label.empty() ? "" : ",";
    text_ += last_label;
    text_ += '}';
  }
  text_ += ' ';
}

void PrometheusText::Buckets::add(const Histogram& histogram) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] += histogram.counts()[i].value();
  }
  sum_ns += histogram.sum_ns();
}

// Prometheus counts in each bucket those of the smaller ones as well; and the last count must be the number of all,
// though more may have been added meanwhile.
void PrometheusText::histogram(std::string_view labels, const Buckets& buckets) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < buckets.counts.size(); ++i) {
    count += buckets.counts[i];
    const bool last = i == Histogram::kBounds.size();
    begin_sample("_bucket", labels, label("le", last ? "+Inf" : number_text(Histogram::kBounds[i])));
    text_ += std::to_string(count);
    text_ += '\n';
  }
  begin_sample("_sum", labels, "");
  text_ += number_text(static_cast<double>(buckets.sum_ns) / kNsPerSecond);
  text_ += '\n';
  begin_sample("_count", labels, "");
  text_ += std::to_string(count);
  text_ += '\n';
}

std::string label(std::string_view name, std::string_view value) {
  std::string text(name);
  text += "=\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') {
      text += '\\';
    }
    text += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return text + '"';
}

}  // namespace sentix::core
