#include "protocol/json_syntax.h"

#include <span>

#include "protocol/json_scanner.h"
#include "protocol/utf8.h"

namespace sentix::protocol {

std::string_view describe(JsonFault fault) {
  switch (fault) {
    case JsonFault::none:
      return "nothing is wrong";
    case JsonFault::unexpected_end:
      return "the text ends too early";
    case JsonFault::unexpected_byte:
      return "something else was expected here";
    case JsonFault::bad_number:
      return "a number lacks a digit";
    case JsonFault::bad_escape:
      return "a string holds an escape that JSON does not have";
    case JsonFault::lone_surrogate:
      return "a string holds half of a surrogate pair";
    case JsonFault::control_character:
      return "a string holds a control character that is not escaped";
    case JsonFault::too_deep:
      return "arrays and objects are nested too deep";
    case JsonFault::not_an_object:
      return "the text is not an object";
    case JsonFault::not_utf8:
      return "the text is not UTF-8";
  }
  return {};
}

JsonError validate_json(std::string_view text) {
  JsonScanner scanner(text);
  if (scanner.value(0)) scanner.end_of_text();
  return scanner.error();
}

JsonError validate_json_utf8(std::string_view text) {
  if (!valid_utf8(std::as_bytes(std::span(text)))) return {JsonFault::not_utf8, 0};
  return validate_json(text);
}

}  // namespace sentix::protocol
