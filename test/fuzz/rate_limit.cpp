// Rate limits as settings have them. The properties:
//  - what is read is written so that it is read as the same, and has a rate unless it is "off";
//  - a word more makes a limit into none.
#include "auth/rate_limit.h"

#include <cstdint>
#include <string>

#include "test/fuzz/require.h"

namespace {

using namespace sentix::auth;
using sentix::test::require;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto limit = parse_rate_limit(text);
  if (!limit) return 0;
  require(limit->empty() == (text == "off"));
  require(parse_rate_limit(setting_text(*limit)) == limit);
  require(!parse_rate_limit(text + " close close"));
  require(!parse_rate_limit(text + " "));
  return 0;
}
