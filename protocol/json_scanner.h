#pragma once

#include <string_view>

#include "protocol/json_syntax.h"

namespace sentix::protocol {

// Steps over a JSON text from left to right and checks what it steps over. It is the engine of validate_json() and of
// JsonObjectReader, which are what other code uses.
//
// Every step first skips white space, returns true and stands behind what it stepped over, or returns false once
// something is wrong; error() then tells what and where, and the scanner must not be asked for more. It borrows the
// text.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  // Any value, whole. `depth` is how many arrays and objects are already open around it.
  bool value(unsigned depth);

  // A string; `body` is what stands between its quotes, as written.
  bool string(std::string_view& body);

  // This one byte.
  bool expect(char byte);

  // Nothing but white space up to the end.
  bool end_of_text();

  // Steps over `byte` where it comes next, else stays; never an error.
  bool take(char byte) {
    skip_space();
    if (at_ == end_ || *at_ != byte) return false;
    ++at_;
    return true;
  }

  // Where the next step begins: white space is skipped.
  const char* next() {
    skip_space();
    return at_;
  }
  // Where the last step ended.
  [[nodiscard]] const char* position() const { return at_; }

  [[nodiscard]] JsonError error() const { return {fault_, static_cast<std::size_t>(at_ - begin_)}; }

 private:
  // The arrays and objects open around the scanner, the innermost in the lowest bit: set for an object.
  struct Nesting {
    std::uint64_t objects = 0;
    unsigned depth = 0;

    void push(bool object) {
      objects = objects << 1 | (object ? 1 : 0);
      ++depth;
    }
    void pop() {
      objects >>= 1;
      --depth;
    }
    [[nodiscard]] bool in_object() const { return (objects & 1) != 0; }
  };
  enum class Step { opened, complete, failed };

  Step begin_value(Nesting& nesting);
  Step open(Nesting& nesting, bool object);
  bool close_containers(Nesting& nesting, unsigned floor);
  bool key();
  bool rest_of_string();
  bool escape();
  bool surrogate_pair();
  bool number();
  bool digits();
  bool literal(std::string_view word);

  // RFC 8259 §2: these four and no others.
  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool fail(JsonFault fault);
  bool fail_at_next();    // at a byte that cannot come here, or at the end
  bool fail_in_number();  // where a digit must come, or at the end

  const char* begin_;
  const char* at_;
  const char* end_;
  JsonFault fault_ = JsonFault::none;
};

}  // namespace sentix::protocol
