// Pattern matching against its definition, computed as a table of all prefixes. The input is a pattern, a line feed and
// a name.
#include "auth/pattern.h"

#include <cstdint>
#include <string_view>
#include <vector>

#include "test/fuzz/require.h"

namespace {

using sentix::test::require;

// fits[n]: whether the pattern so far matches the first n characters of the name.
bool matches_by_table(std::string_view pattern, std::string_view name) {
  std::vector<bool> fits(name.size() + 1, false);
  fits[0] = true;
  for (const char c : pattern) {
    std::vector<bool> next(name.size() + 1, false);
    next[0] = c == '*' && fits[0];
    for (std::size_t n = 1; n <= name.size(); ++n) {
      next[n] = c == '*' ? fits[n] || next[n - 1] : fits[n - 1] && name[n - 1] == c;
    }
    fits = next;
  }
  return fits[name.size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size < 1024 ? size : 1024);
  const std::size_t cut = input.find('\n');
  const std::string_view pattern = input.substr(0, cut);
  const std::string_view name = cut == std::string_view::npos ? std::string_view() : input.substr(cut + 1);

  using namespace sentix::auth;
  require(matches(pattern, name) == matches_by_table(pattern, name));
  require(matches("*", name));
  require(is_pattern(pattern) == (specificity(pattern) < pattern.size()));
  if (!is_pattern(pattern)) require(matches(pattern, name) == (pattern == name));
  return 0;
}
