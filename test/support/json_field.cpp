#include "test/support/json_field.h"

#include <simdjson.h>

namespace sentix::test {

std::string json_field(std::string_view json, std::string_view key) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  if (parser.parse(simdjson::padded_string(json)).at_key(key).get(value) != simdjson::SUCCESS) return {};
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(value);
}

}  // namespace sentix::test
