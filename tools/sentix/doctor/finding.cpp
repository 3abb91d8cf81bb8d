#include "tools/sentix/doctor/finding.h"

#include <algorithm>

#include "protocol/json_text.h"

namespace sentix::tools {

std::string_view word(Verdict verdict) {
  return verdict == Verdict::ok ? "ok" : verdict == Verdict::warning ? "warning" : "problem";
}

Verdict worst(std::span<const Finding> findings) {
  Verdict result = Verdict::ok;
  for (const Finding& finding : findings) {
    result = std::max(result, finding.verdict);
  }
  return result;
}

std::string findings_text(std::span<const Finding> findings) {
  constexpr std::size_t kColumn = 9;  // "problem" and two spaces
  std::string text;
  for (const Finding& finding : findings) {
    std::string line(word(finding.verdict));
    line.resize(kColumn, ' ');
    text += line + finding.check + ": " + finding.message + "\n";
    if (!finding.advice.empty()) {
      text += std::string(kColumn, ' ') + "-> " + finding.advice + "\n";
    }
  }
  return text;
}

std::string findings_json(std::span<const Finding> findings) {
  using protocol::quote;
  std::string list;
  for (const Finding& finding : findings) {
    list += list.empty() ? "" : ",";
    list += R"({"check":)" + quote(finding.check) + R"(,"verdict":)" + quote(word(finding.verdict)) + R"(,"message":)" +
            quote(finding.message) + R"(,"advice":)" + quote(finding.advice) + "}";
  }
  return R"({"verdict":)" + quote(word(worst(findings))) + R"(,"findings":[)" + list + "]}\n";
}

}  // namespace sentix::tools
