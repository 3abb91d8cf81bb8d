// A .env file: the entries that were read, written with everything quoted, are read as the same entries again; lines of
// entries and errors lie in the file.
#include "tools/sentix/env_file.h"

#include <algorithm>
#include <cstdint>

#include "test/fuzz/require.h"

namespace {

using namespace sentix::tools;
using sentix::test::require;

EnvFile parse(std::string_view text) {
  return parse_env_file(
      text, [](std::string_view name) { return name == "HOME" ? std::optional<std::string>("/home") : std::nullopt; });
}

std::string quoted(const EnvEntry& entry) {
  std::string out = entry.name;
  if (entry.value) {
    out += "=\"";
    for (const char c : *entry.value) {
      out += c == '"' || c == '\\' || c == '$' ? std::string{'\\', c} : std::string{c};
    }
    out += '"';
  }
  return out + "\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
  const EnvFile file = parse(text);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  std::string written;
  std::size_t last_line = 0;
  for (const EnvEntry& entry : file.entries) {
    require(entry.line > last_line && entry.line <= lines);
    last_line = entry.line;
    written += quoted(entry);
  }
  for (const EnvError& error : file.errors) {
    require(error.line >= 1 && error.line <= lines && !error.message.empty());
  }
  const EnvFile again = parse(written);
  require(again.errors.empty());
  require(std::equal(file.entries.begin(), file.entries.end(), again.entries.begin(), again.entries.end(),
                     [](const EnvEntry& a, const EnvEntry& b) { return a.name == b.name && a.value == b.value; }));
  return 0;
}
