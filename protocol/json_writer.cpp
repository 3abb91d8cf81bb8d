#include "protocol/json_writer.h"

#include "protocol/json_text.h"

namespace sentix::protocol {

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  frame_.append(std::string_view(&bracket, 1));
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  frame_.append(std::string_view(&bracket, 1));
  comma_due_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  frame_.append(std::string_view("\""));
  frame_.append(name);
  frame_.append(std::string_view("\":"));
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  append_quoted(frame_, text);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t number) {
  separate();
  frame_.append_number(number);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool truth) {
  return raw(truth ? "true" : "false");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  frame_.append(json);
  return *this;
}

// Before anything but a closing bracket. What stands behind a key needs no comma, what follows that does.
void JsonWriter::separate() {
  if (comma_due_) frame_.append(std::string_view(","));
  comma_due_ = true;
}

}  // namespace sentix::protocol
