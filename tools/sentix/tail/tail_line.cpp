#include "tools/sentix/tail/tail_line.h"

#include <array>

#include "core/admin/json_body.h"
#include "protocol/json_text.h"
#include "tools/sentix/tail/terminal_json.h"

namespace sentix::tools {

namespace {

constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kCyan = "\x1b[36m";
constexpr std::string_view kPlain = "\x1b[0m";

enum Name : std::size_t { type, channel, offset, user, data, event, from, member };
constexpr std::array<std::string_view, 8> kNames{"type", "channel", "offset", "user",
                                                 "data", "event",   "from",   "member"};

// What a string says between its quotes, as it was written; a dash where there is none.
std::string written(std::string_view value) {
  return value.size() < 2 || value.front() != '"' ? "-" : terminal_json(protocol::string_body(value));
}

std::string or_dash(std::string_view value) {
  return value.empty() ? "-" : terminal_json(value);
}

}  // namespace

std::string tail_line(std::string_view message, std::string_view time, bool colour) {
  core::JsonBody body(kNames);
  static_cast<void>(body.read(message));
  const std::string kind = written(body.value(type));
  std::string second = or_dash(body.value(offset));
  std::string who = written(body.value(user));
  std::string what = or_dash(body.value(data));
  if (kind == "event") {
    second = written(body.value(event));
    who = written(body.value(from));
  } else if (kind != "message") {
    second = kind;
    what = or_dash(body.value(member));
  }
  std::string line;
  const auto add = [&line, colour](std::string_view style, std::string_view text) {
    line.append(line.empty() ? "" : " ");
    line.append(colour ? style : "").append(text).append(colour ? kPlain : "");
  };
  add(kDim, time);
  add(kBold, written(body.value(channel)));
  add(kDim, second);
  add(kCyan, who);
  line.append(" ").append(what);
  return line;
}

}  // namespace sentix::tools
