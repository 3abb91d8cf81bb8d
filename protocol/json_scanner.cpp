#include "protocol/json_scanner.h"

#include "protocol/json_bytes.h"

namespace sentix::protocol {

// RFC 8259 §3. A loop with the open containers in one word, instead of a function that calls itself: what a peer sends
// must not decide how much stack is used.
bool JsonScanner::value(unsigned depth) {
  Nesting nesting{.depth = depth};
  for (;;) {
    const Step step = begin_value(nesting);
    if (step == Step::failed) return false;
    if (step == Step::opened) continue;
    if (!close_containers(nesting, depth)) return false;
    if (nesting.depth == depth) return true;
  }
}

// Steps over a whole scalar or an empty container, or to the place of an opened container's first value.
JsonScanner::Step JsonScanner::begin_value(Nesting& nesting) {
  skip_space();
  if (at_ == end_) {
    fail(JsonFault::unexpected_end);
    return Step::failed;
  }
  const auto scalar = [](bool good) { return good ? Step::complete : Step::failed; };
  switch (*at_) {
    case '{':
      return open(nesting, true);
    case '[':
      return open(nesting, false);
    case '"':
      ++at_;
      return scalar(rest_of_string());
    case 't':
      return scalar(literal("true"));
    case 'f':
      return scalar(literal("false"));
    case 'n':
      return scalar(literal("null"));
    default:
      return scalar(number());
  }
}

JsonScanner::Step JsonScanner::open(Nesting& nesting, bool object) {
  if (nesting.depth == kJsonDepthMax) {
    fail(JsonFault::too_deep);
    return Step::failed;
  }
  ++at_;
  if (take(object ? '}' : ']')) return Step::complete;
  nesting.push(object);
  return !object || key() ? Step::opened : Step::failed;
}

// A value is complete: steps over the ends of the containers that end with it, down to `floor`, or over a comma to the
// next value.
bool JsonScanner::close_containers(Nesting& nesting, unsigned floor) {
  while (nesting.depth > floor) {
    if (take(',')) return !nesting.in_object() || key();
    if (!expect(nesting.in_object() ? '}' : ']')) return false;
    nesting.pop();
  }
  return true;
}

bool JsonScanner::key() {
  return expect('"') && rest_of_string() && expect(':');
}

bool JsonScanner::string(std::string_view& body) {
  if (!expect('"')) return false;
  const char* const begin = at_;
  if (!rest_of_string()) return false;
  body = {begin, static_cast<std::size_t>(at_ - begin - 1)};
  return true;
}

// RFC 8259 §7; the opening quote has been taken.
bool JsonScanner::rest_of_string() {
  for (;;) {
    at_ = find_json_special(at_, end_);
    if (at_ == end_) return fail(JsonFault::unexpected_end);
    if (*at_ == '"') break;
    if (*at_ != '\\') return fail(JsonFault::control_character);
    if (!escape()) return false;
  }
  ++at_;
  return true;
}

bool JsonScanner::escape() {
  if (end_ - at_ < 2) return fail(JsonFault::unexpected_end);
  switch (at_[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      at_ += 2;
      return true;
    case 'u':
      break;
    default:
      return fail(JsonFault::bad_escape);
  }
  if (end_ - at_ < 6) return fail(JsonFault::unexpected_end);
  const int unit = parse_hex4(at_ + 2);
  if (unit < 0) return fail(JsonFault::bad_escape);
  if (is_low_surrogate(unit)) return fail(JsonFault::lone_surrogate);
  if (is_high_surrogate(unit)) return surrogate_pair();
  at_ += 6;
  return true;
}

// RFC 8259 §8.2 leaves a lone surrogate open, and receivers do differ on it: some replace it and some refuse the whole
// message, which would let one publisher throw others off a channel. Hence it is refused here.
bool JsonScanner::surrogate_pair() {
  const bool pair = end_ - at_ >= 12 && at_[6] == '\\' && at_[7] == 'u' && is_low_surrogate(parse_hex4(at_ + 8));
  if (!pair) return fail(JsonFault::lone_surrogate);
  at_ += 12;
  return true;
}

// RFC 8259 §6: -? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?
bool JsonScanner::number() {
  const auto next_is = [this](char a, char b) { return at_ != end_ && (*at_ == a || *at_ == b); };
  const bool negative = next_is('-', '-');
  if (negative) ++at_;
  if (next_is('0', '0')) {
    ++at_;
  } else if (!digits()) {
    return negative ? fail_in_number() : fail_at_next();
  }
  if (next_is('.', '.')) {
    ++at_;
    if (!digits()) return fail_in_number();
  }
  if (next_is('e', 'E')) {
    ++at_;
    if (next_is('+', '-')) ++at_;
    if (!digits()) return fail_in_number();
  }
  return true;
}

bool JsonScanner::digits() {
  const char* const begin = at_;
  while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
  return at_ != begin;
}

bool JsonScanner::literal(std::string_view word) {
  for (const char c : word) {
    if (at_ == end_ || *at_ != c) return fail_at_next();
    ++at_;
  }
  return true;
}

bool JsonScanner::expect(char byte) {
  return take(byte) || fail_at_next();
}

bool JsonScanner::end_of_text() {
  skip_space();
  return at_ == end_ || fail(JsonFault::unexpected_byte);
}

bool JsonScanner::fail(JsonFault fault) {
  fault_ = fault;
  return false;
}

bool JsonScanner::fail_at_next() {
  return fail(at_ == end_ ? JsonFault::unexpected_end : JsonFault::unexpected_byte);
}

bool JsonScanner::fail_in_number() {
  return fail(at_ == end_ ? JsonFault::unexpected_end : JsonFault::bad_number);
}

}  // namespace sentix::protocol
