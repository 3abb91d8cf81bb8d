#pragma once

#include <simdjson.h>

#include <string_view>

namespace sentix::test {

// What simdjson's DOM, an implementation of JSON that is not ours, says about `text`.
inline simdjson::error_code dom_error(std::string_view text) {
  simdjson::dom::parser parser;
  return parser.parse(text.data(), text.size(), true).error();
}

// simdjson's DOM holds numbers as 64 bits or doubles and refuses what does not fit, which JSON allows.
inline bool is_about_numbers(simdjson::error_code error) {
  return error == simdjson::NUMBER_ERROR || error == simdjson::NUMBER_OUT_OF_RANGE;
}

}  // namespace sentix::test
