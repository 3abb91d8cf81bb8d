#include "core/end_log.h"

#include <cstdint>
#include <vector>

namespace sentix::core {
namespace {

std::string text_of(const Ended& who, const End& end, std::string_view sentence, const Options& options) {
  const EndingInfo& info = describe(end.ending);
  std::string text = who.connection + " from " + who.address;
  text.append(who.admitted ? " has ended: " : " is refused: ").append(info.name);
  if (end.code != 0) {
    text.append(" ").append(std::to_string(end.code));
  }
  text.append(" (").append(sentence).append(")");
  if (!info.setting.empty() && sentence.find(info.setting) == std::string_view::npos) {
    text.append(limit_clause(end.ending, options));
  }
  return text;
}

}  // namespace

void log_end(const LogSink& log, const Ended& who, const End& end, const Options& options) {
  const EndingInfo& info = describe(end.ending);
  const std::string_view sentence = end.detail.empty() ? info.sentence : end.detail;
  std::vector<LogField> fields{{"connection", who.connection}, {"address", who.address}};
  if (!who.user.empty()) {
    fields.push_back({"user", who.user});
  }
  if (end.code != 0) {
    fields.push_back({"code", std::uint64_t{end.code}});
  }
  fields.push_back({"sentence", sentence});
  if (info.limit != nullptr) {
    fields.push_back({"setting", info.setting});
    fields.push_back({"limit", info.limit(options)});
  }
  if (const auto unit = info.unit.find_first_not_of(' '); unit != std::string_view::npos) {
    fields.push_back({"unit", info.unit.substr(unit)});
  }
  const std::string text = text_of(who, end, sentence, options);
  log({.level = info.level, .text = text, .reason = info.name, .fields = fields});
}

}  // namespace sentix::core
