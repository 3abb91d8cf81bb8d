// A config file: what was understood of it, written as a whole file, is read without a problem as the same settings
// again; problems lie in the file.
#include <algorithm>
#include <cstdint>

#include "test/fuzz/require.h"
#include "tools/sentix/config_file.h"
#include "tools/sentix/config_writer.h"
#include "tools/sentix/settings_difference.h"

namespace {

using namespace sentix::tools;
using sentix::test::require;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
  Settings settings;
  Report report;
  apply_config(text, "sentix.toml", settings, report);
  for (const Problem& problem : report.problems) {
    require(problem.source.line >= 1 && problem.source.line <= text.size() + 1 && !problem.message.empty());
  }

  settings.users.clear();  // of tokens only hashes are known, and they are not written
  Settings again;
  Report of_again;
  apply_config(config_file_text(settings), "sentix.toml", again, of_again);
  require(of_again.problems.empty());
  require(settings_difference(settings, again).empty());
  return 0;
}
