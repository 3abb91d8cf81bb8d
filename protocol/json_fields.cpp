#include "protocol/json_fields.h"

#include <algorithm>

#include "protocol/json_text.h"

namespace sentix::protocol {

JsonError JsonFields::read(std::string_view text) {
  JsonObjectReader reader(text);
  for (JsonField field; reader.next(field);) add(field);
  return reader.error();
}

void JsonFields::add(const JsonField& field) {
  if (const std::size_t name = find(field.key); name != names_.size()) {
    if (values_[name].empty()) {
      values_[name] = field.value;
    } else {
      repeated_ |= 1U << name;
    }
  } else if (has_escapes(field.key)) {
    if (const std::size_t meant = find(unescape(field.key)); meant != names_.size()) escaped_ |= 1U << meant;
  }
}

std::size_t JsonFields::find(std::string_view key) const {
  return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), key) - names_.begin());
}

}  // namespace sentix::protocol
