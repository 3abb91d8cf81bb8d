// What a server says to `sentix tail`, message by message, one a line: every command that follows is JSON, and what is
// shown is one line of JSON that says the same once more and that no terminal obeys.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "protocol/json_syntax.h"
#include "protocol/utf8.h"
#include "test/fuzz/require.h"
#include "tools/sentix/tail/feed.h"
#include "tools/sentix/tail/tail_line.h"
#include "tools/sentix/tail/terminal_json.h"

namespace {

using namespace sentix::tools;
using sentix::test::require;

// No control character of ASCII, no DEL, none of U+0080 to U+009F.
bool steers_nothing(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    const bool c1 = byte == 0xC2 && i + 1 < line.size() && static_cast<unsigned char>(line[i + 1]) < 0xA0;
    if (byte < ' ' || byte == 0x7F || c1) return false;
  }
  return true;
}

void check(const FeedStep& step) {
  for (const std::string& command : step.commands) {
    require(!sentix::protocol::validate_json(command));
  }
  for (const std::string& message : step.shown) {
    require(!sentix::protocol::validate_json(message));
    const std::string line = terminal_json(message);
    require(!sentix::protocol::validate_json(line) && steers_nothing(line) && terminal_json(line) == line);
    require(steers_nothing(tail_line(message, "12:03:44", false)));
  }
  for (const std::string& note : step.notes) {
    require(steers_nothing(note));
  }
  require(!step.refusal || steers_nothing(*step.refusal));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (!sentix::protocol::valid_utf8(std::as_bytes(std::span(text)))) return 0;  // as the frames of text messages are
  FeedRequest request{.channels = {"a", "b"}};
  request.token = (data[0] & 1) != 0 ? "token" : "";
  request.history = (data[0] & 2) != 0 ? 2 : 0;
  Feed feed(std::move(request));
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    check(feed.take(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return 0;
}
