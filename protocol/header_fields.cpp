#include "protocol/header_fields.h"

#include "protocol/http_syntax.h"

namespace sentix::protocol {

std::optional<std::string_view> HeaderFields::find(std::string_view name) const {
  for (const HeaderField& field : all()) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t HeaderFields::count(std::string_view name) const {
  std::size_t found = 0;
  for (const HeaderField& field : all()) {
    found += equal_ignoring_case(field.name, name) ? 1 : 0;
  }
  return found;
}

std::string HeaderFields::joined(std::string_view name) const {
  std::string values;
  for (const HeaderField& field : all()) {
    if (!equal_ignoring_case(field.name, name)) continue;
    if (!values.empty()) values += ", ";
    values += field.value;
  }
  return values;
}

bool HeaderFields::has_element(std::string_view name, std::string_view element) const {
  for (const HeaderField& field : all()) {
    if (!equal_ignoring_case(field.name, name)) continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      if (equal_ignoring_case(trimmed(take_until(rest, ',')), element)) return true;
    }
  }
  return false;
}

}  // namespace sentix::protocol
