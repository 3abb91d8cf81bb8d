// Our validator against an implementation that is not ours, simdjson's DOM: what that accepts, we accept, and what we
// accept, it refuses only for one of its own limits. The object reader must agree with the validator about every text,
// and every value that it hands out must be valid in itself.
#include "protocol/json_syntax.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/json_object_reader.h"
#include "protocol/json_text.h"
#include "test/fuzz/require.h"
#include "test/support/simdjson_dom.h"

using namespace sentix::protocol;
using sentix::test::require;

namespace {

void compare_with_dom(std::string_view text, JsonError ours) {
  const simdjson::error_code theirs = sentix::test::dom_error(text);
  if (theirs == simdjson::SUCCESS) {
    // simdjson has more levels, and reads half of a surrogate pair as a character.
    require(!ours || ours.fault == JsonFault::too_deep || ours.fault == JsonFault::lone_surrogate);
  } else if (!ours) {
    require(sentix::test::is_about_numbers(theirs));
  }
}

void compare_strings_with_dom(std::string_view value) {
  simdjson::dom::parser parser;
  std::string_view theirs;
  require(parser.parse(value.data(), value.size(), true).get(theirs) == simdjson::SUCCESS);
  const std::string ours = unescape(string_body(value));
  require(ours == theirs);
  require(unescape(string_body(quote(ours))) == ours);
}

void compare_with_reader(std::string_view text, JsonError whole) {
  JsonObjectReader reader(text);
  const char* behind_last = text.data();
  for (JsonField field; reader.next(field);) {
    require(field.key.data() >= behind_last && field.value.data() > field.key.data() + field.key.size());
    behind_last = field.value.data() + field.value.size();
    require(behind_last <= text.data() + text.size());
    require(!validate_json(field.value));
    if (json_kind(field.value) == JsonKind::string) compare_strings_with_dom(field.value);
  }
  if (reader.error().fault == JsonFault::not_an_object) {
    require(!whole);
  } else {
    require(reader.error() == whole);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const JsonError error = validate_json(text);
  require(error.offset <= size);
  if (validate_json_utf8(text).fault == JsonFault::not_utf8) return 0;
  compare_with_dom(text, error);
  compare_with_reader(text, error);
  return 0;
}
