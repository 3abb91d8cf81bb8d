#include "tools/sentix/cluster/status_table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace sentix::tools {

namespace {

constexpr std::array<std::string_view, 7> kHead{"NODE", "ADDRESS", "STATE", "ADMIN", "PROCESS", "RESTARTS", "TROUBLE"};
using Row = std::array<std::string_view, kHead.size()>;

// What stands before the next `end`, which goes with it.
std::string_view next(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

Row row_of(std::string_view line) {
  Row row;
  for (std::string_view& field : row) {
    field = next(line, '\t');
  }
  return row;
}

}  // namespace

std::string status_table(std::string_view lines) {
  std::vector<Row> rows{kHead};
  std::string below;
  while (!lines.empty()) {
    std::string_view line = next(lines, '\n');
    const std::string_view kind = next(line, '\t');
    if (kind == "node") {
      rows.push_back(row_of(line));
    } else if (kind == "restarting") {
      below = "a restart has " + std::string(line) + " nodes before it\n";
    }
  }
  constexpr std::size_t kGap = 2;
  std::array<std::size_t, kHead.size()> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size() + kGap);
    }
  }
  std::string table;
  for (const Row& row : rows) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text.append(row[i]).append(widths[i] - row[i].size(), ' ');
    }
    table += text.substr(0, text.find_last_not_of(' ') + 1) + '\n';
  }
  return table + below;
}

}  // namespace sentix::tools
