#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentix::tools {

enum class Verdict : std::uint8_t { ok, warning, problem };

// What `sentix doctor` found out about one thing.
struct Finding {
  std::string check;  // "descriptors": a word for programs
  Verdict verdict = Verdict::ok;
  std::string message;   // how it is, as a sentence without its stop
  std::string advice{};  // what to change; empty where nothing is to be changed
};
using Findings = std::vector<Finding>;

// "warning".
[[nodiscard]] std::string_view word(Verdict verdict);

// The worst of them; ok where there are none.
[[nodiscard]] Verdict worst(std::span<const Finding> findings);

// For a person: a line for each, and below it what to change.
[[nodiscard]] std::string findings_text(std::span<const Finding> findings);

// {"verdict":"ok","findings":[{"check":"...","verdict":"ok","message":"...","advice":"..."}]}, with a line feed.
[[nodiscard]] std::string findings_json(std::span<const Finding> findings);

}  // namespace sentix::tools
