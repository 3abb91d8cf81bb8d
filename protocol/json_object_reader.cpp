#include "protocol/json_object_reader.h"

namespace sentix::protocol {

JsonKind json_kind(std::string_view value) {
  switch (value.front()) {
    case '{':
      return JsonKind::object;
    case '[':
      return JsonKind::array;
    case '"':
      return JsonKind::string;
    case 't':
    case 'f':
      return JsonKind::boolean;
    case 'n':
      return JsonKind::null;
    default:
      return JsonKind::number;
  }
}

bool JsonObjectReader::next(JsonField& field) {
  switch (state_) {
    case State::before_object:
      if (!scanner_.take('{')) return refuse_non_object();
      state_ = State::after_field;
      return scanner_.take('}') ? finish() : read_field(field);
    case State::after_field:
      if (scanner_.take(',')) return read_field(field);
      return scanner_.expect('}') ? finish() : stop();
    case State::done:
      break;
  }
  return false;
}

bool JsonObjectReader::read_field(JsonField& field) {
  if (!scanner_.string(field.key) || !scanner_.expect(':')) return stop();
  const char* const begin = scanner_.next();
  if (!scanner_.value(1)) return stop();
  field.value = {begin, static_cast<std::size_t>(scanner_.position() - begin)};
  return true;
}

// The closing brace has been taken.
bool JsonObjectReader::finish() {
  scanner_.end_of_text();
  return stop();
}

// Text that is not JSON at all is told as such: it is the mistake to mend first.
bool JsonObjectReader::refuse_non_object() {
  if (scanner_.value(0) && scanner_.end_of_text()) {
    state_ = State::done;
    error_ = {JsonFault::not_an_object, 0};
    return false;
  }
  return stop();
}

bool JsonObjectReader::stop() {
  state_ = State::done;
  error_ = scanner_.error();
  return false;
}

}  // namespace sentix::protocol
