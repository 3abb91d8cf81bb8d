#include "protocol/request_parser.h"

#include <algorithm>
#include <cassert>

#include "protocol/http_syntax.h"
#include "protocol/request_rules.h"

namespace sentix::protocol {
namespace {

constexpr std::string_view kVersionPattern = "HTTP/#.#";  // '#' stands for a digit

std::string_view take_line(std::string_view& text) {
  const std::string_view line = take_until(text, '\r');
  text.remove_prefix(1);  // the LF
  return line;
}

// Cuts a head that the state machine has accepted, so nothing but the form of the target can be wrong.
bool split(std::string_view head, HttpRequest& request) {
  if (head.front() == '\r') head.remove_prefix(2);
  std::string_view line = take_line(head);
  request.method = take_until(line, ' ');
  const auto target = parse_request_target(take_until(line, ' '));
  if (!target) return false;
  request.target = *target;
  request.version = line.back() == '0' ? HttpVersion::http_1_0 : HttpVersion::http_1_1;
  request.headers.clear();
  for (line = take_line(head); !line.empty(); line = take_line(head)) {
    const std::string_view name = take_until(line, ':');
    request.headers.add({name, trimmed(line)});
  }
  return true;
}

}  // namespace

RequestParser::RequestParser(const RequestLimits& limits) : limits_(&limits) {
  assert(limits.headers_max <= HeaderFields::kCapacity);
}

ParseResult RequestParser::parse(std::span<const std::byte> all_bytes_so_far, HttpRequest& request) {
  const std::string_view text(reinterpret_cast<const char*>(all_bytes_so_far.data()), all_bytes_so_far.size());
  assert(text.size() >= scanned_ && "each call gets all bytes since the first");
  while (state_ < State::complete && !limit_reached()) {
    if (scanned_ == text.size()) return {};
    step(text);
  }
  if (state_ == State::complete) {
    if (!split(text.substr(0, scanned_), request)) {
      refuse(Refusal::bad_target);
    } else if (const auto broken_rule = check_request(request, limits_->body_bytes_max)) {
      refuse(*broken_rule);
    }
  }
  if (state_ == State::refused) return {.state = ParseResult::State::refused, .refusal = refusal_, .consumed = 0};
  return {.state = ParseResult::State::complete, .refusal = {}, .consumed = scanned_};
}

// Takes at least one byte, or refuses.
void RequestParser::step(std::string_view text) {
  const char c = text[scanned_];
  switch (state_) {
    case State::start:
      return c == '\r' ? advance_to(State::empty_line_lf) : take_method(text);
    case State::empty_line_lf:
      return take_line_feed(c, State::method);
    case State::method:
      return take_method(text);
    case State::target_begin:  // origin-form or absolute-form; known here, so that nobody waits for the rest
      return c == '/' || c == 'h' || c == 'H' ? advance_to(State::target) : refuse_byte(c, Refusal::bad_target);
    case State::target:
      return take_target(text);
    case State::version:
      return take_version(text);
    case State::request_line_lf:
    case State::header_line_lf:
      return take_line_feed(c, State::line_begin);
    case State::line_begin:
      return begin_line(c);
    case State::header_name:
      return take_header_name(text);
    case State::header_value:
      return take_header_value(text);
    case State::last_lf:
      return take_line_feed(c, State::complete);
    case State::complete:
    case State::refused:
      assert(false);
  }
}

void RequestParser::take_method(std::string_view text) {
  state_ = State::method;
  if (!skip(ByteClass::token, text)) return;
  const char c = text[scanned_];
  if (c != ' ' || scanned_ == line_begin_) return refuse_byte(c, Refusal::bad_method);
  advance_to(State::target_begin);
}

void RequestParser::take_target(std::string_view text) {
  if (!skip(ByteClass::target, text)) return;
  const char c = text[scanned_];
  if (c == ' ') return advance_to(State::version);
  refuse_byte(c, c == '\r' ? Refusal::bad_version : Refusal::bad_target);
}

// RFC 9112 §2.3: a byte of "HTTP/" DIGIT "." DIGIT, or the CR behind it.
void RequestParser::take_version(std::string_view text) {
  const char c = text[scanned_];
  if (version_bytes_ < kVersionPattern.size()) {
    const char expected = kVersionPattern[version_bytes_];
    if (expected == '#' ? !is_digit(c) : c != expected) return refuse_byte(c, Refusal::bad_version);
    ++version_bytes_;
    return advance_to(State::version);
  }
  if (c != '\r') return refuse_byte(c, Refusal::bad_version);
  const char major = text[scanned_ - 3];
  const char minor = text[scanned_ - 1];
  if (major != '1' || minor > '1') return refuse(Refusal::unsupported_version);
  advance_to(State::request_line_lf);
}

void RequestParser::begin_line(char c) {
  if (c == '\r') return advance_to(State::last_lf);
  if (c == ' ' || c == '\t') return refuse(Refusal::folded_header);
  if (headers_ == limits_->headers_max) return refuse(Refusal::too_many_headers);
  ++headers_;
  state_ = State::header_name;
}

void RequestParser::take_header_name(std::string_view text) {
  if (!skip(ByteClass::token, text)) return;
  const char c = text[scanned_];
  if (c != ':' || scanned_ == line_begin_) return refuse_byte(c, Refusal::bad_header_name);
  advance_to(State::header_value);
}

void RequestParser::take_header_value(std::string_view text) {
  if (!skip(ByteClass::field_value, text)) return;
  const char c = text[scanned_];
  if (c == '\r') return advance_to(State::header_line_lf);
  refuse_byte(c, Refusal::bad_header_value);
}

void RequestParser::take_line_feed(char c, State next) {
  if (c != '\n') return refuse(Refusal::bad_line_ending);
  advance_to(next);
  line_begin_ = scanned_;
}

std::uint32_t RequestParser::line_bytes_max() const {
  return in_request_line() ? limits_->request_line_bytes_max : limits_->header_line_bytes_max;
}

bool RequestParser::limit_reached() {
  if (scanned_ - line_begin_ >= line_bytes_max()) {
    refuse(in_request_line() ? Refusal::request_line_too_long : Refusal::header_line_too_long);
  } else if (scanned_ >= limits_->head_bytes_max) {
    refuse(Refusal::head_too_large);
  }
  return state_ == State::refused;
}

// Passes over a run of one class. True where a byte stands behind the run that is not of it; false where the bytes or a
// limit end it.
bool RequestParser::skip(ByteClass run, std::string_view text) {
  const std::size_t line_end_max = std::size_t{line_begin_} + line_bytes_max();
  const std::size_t end = std::min<std::size_t>({text.size(), line_end_max, limits_->head_bytes_max});
  std::size_t at = scanned_;  // a local, because the compiler must expect a member to change with every char it reads
  while (at < end && is(run, text[at])) ++at;
  scanned_ = static_cast<std::uint32_t>(at);
  return at < end;
}

void RequestParser::advance_to(State next) {
  ++scanned_;
  state_ = next;
}

void RequestParser::refuse(Refusal refusal) {
  refusal_ = refusal;
  state_ = State::refused;
}

// A LF that is out of place says more about the sender than the rule that it happens to break.
void RequestParser::refuse_byte(char c, Refusal refusal) {
  refuse(c == '\n' ? Refusal::bad_line_ending : refusal);
}

}  // namespace sentix::protocol
