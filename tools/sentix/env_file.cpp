#include "tools/sentix/env_file.h"

#include <algorithm>
#include <utility>

namespace sentix::tools {

namespace {

// References can double a value on each line; this ends that. No setting needs a value of this length.
constexpr std::size_t kValueBytesMax = 65'536;

constexpr std::string_view kBlanks = " \t\r\v\f";

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// What stands in a pair of quotes; a text without it as it is.
std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// The character that a backslash and `c` stand for in double quotes.
std::optional<char> unescaped(char c) {
  constexpr std::string_view kWritten = "\"\\$fnrtv";
  constexpr std::string_view kMeant = "\"\\$\f\n\r\t\v";
  const std::size_t at = kWritten.find(c);
  return at == std::string_view::npos ? std::nullopt : std::optional(kMeant[at]);
}

// One pass over the text. Every step looks at `rest_`, what has not been read yet, and takes from its front.
class EnvParser {
 public:
  EnvParser(std::string_view text, const EnvironmentLookup& environment) : rest_(text), environment_(environment) {}

  EnvFile parse() {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (rest_.starts_with(kByteOrderMark)) {
      rest_.remove_prefix(kByteOrderMark.size());
    }
    while (!rest_.empty()) {
      begin_ = line_;
      name_.clear();
      entry();
      skip_line();
    }
    return std::move(file_);
  }

 private:
  // A line, up to where its value ends; or an error.
  void entry() {
    const std::string_view line = trimmed(rest_.substr(0, rest_.find('\n')));
    if (line.empty() || line.front() == '#') {
      return;
    }
    const std::size_t equals = line.find('=');
    if (!read_name(trimmed(line.substr(0, equals)))) {
      return;
    }
    if (equals == std::string_view::npos) {
      file_.entries.push_back({name_, std::nullopt, begin_});
      return;
    }
    rest_.remove_prefix(rest_.find('=') + 1);
    skip_blanks();
    std::string value;
    if (read_value(value)) {
      file_.entries.push_back({name_, std::move(value), begin_});
    }
  }

  bool read_name(std::string_view name) {
    constexpr std::string_view kExport = "export";
    if (name.size() > kExport.size() && name.starts_with(kExport) && is_blank(name[kExport.size()])) {
      name = trimmed(name.substr(kExport.size()));
    }
    name = unquoted(name);
    // The variable that a line with another separator is about: so that a message can name it.
    const auto* const end = std::find_if_not(name.begin(), name.end(), is_name_character);
    const bool is_whole = end == name.end();
    if (is_whole || is_blank(*end) || *end == ':') {
      name_ = name.substr(0, static_cast<std::size_t>(end - name.begin()));
    }
    return (is_whole && !name.empty()) || fail("a line is NAME=value, and a name is letters, digits, _ and .");
  }

  bool read_value(std::string& value) {
    if (rest_.empty()) {
      return true;
    }
    if (rest_.front() == '\'') {
      return read_single_quoted(value) && read_end(value);
    }
    if (rest_.front() == '"') {
      return read_double_quoted(value) && read_end(value);
    }
    while (!rest_.empty() && rest_.front() != '\n' && rest_.front() != '#' && !is_blank(rest_.front())) {
      read_plain_or_variable(value);
    }
    return read_end(value);
  }

  bool read_single_quoted(std::string& value) {
    take();
    const std::size_t end = rest_.find('\'');
    if (end == std::string_view::npos || rest_.substr(0, end).find('\n') != std::string_view::npos) {
      return fail("the closing ' is missing");
    }
    value = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool read_double_quoted(std::string& value) {
    const std::string_view from = rest_;
    take();
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() != '\\') {
        read_plain_or_variable(value);
        continue;
      }
      take();
      const auto meant = rest_.empty() ? std::nullopt : unescaped(rest_.front());
      if (!meant) {
        return fail("a \\ in double quotes stands before one of \" \\ $ f n r t v");
      }
      take();
      value += *meant;
    }
    if (rest_.empty()) {
      rest_ =
          from;  // what looked like a long value is most likely a forgotten quote: the lines below it are read as lines
      line_ = begin_;
      return fail("the closing \" is missing");
    }
    take();
    return true;
  }

  // What may follow a value on its line.
  bool read_end(const std::string& value) {
    if (value.size() > kValueBytesMax) {
      return fail("the value is longer than " + std::to_string(kValueBytesMax) + " bytes");
    }
    skip_blanks();
    return rest_.empty() || rest_.front() == '\n' || rest_.front() == '#' ||
           fail("a value with spaces in it needs quotes");
  }

  void read_plain_or_variable(std::string& value) {
    if (!rest_.starts_with("${")) {
      value += take();
      return;
    }
    const auto* const end = std::find_if_not(rest_.begin() + 2, rest_.end(), is_name_character);
    const auto name = rest_.substr(2, static_cast<std::size_t>(end - rest_.begin()) - 2);
    if (name.empty() || end == rest_.end() || *end != '}') {
      value += take();
      return;
    }
    const std::string_view reference = rest_.substr(0, name.size() + 3);
    if (value.size() <= kValueBytesMax) {
      value += look_up(name).value_or(std::string(reference));
    }
    rest_.remove_prefix(reference.size());
  }

  [[nodiscard]] std::optional<std::string> look_up(std::string_view name) const {
    if (auto outside = environment_(name)) {
      return outside;
    }
    const auto earlier = std::find_if(file_.entries.rbegin(), file_.entries.rend(),
                                      [&](const EnvEntry& entry) { return entry.name == name; });
    return earlier == file_.entries.rend() ? std::nullopt : earlier->value;
  }

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    line_ += c == '\n' ? 1 : 0;
    return c;
  }

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size())); }

  void skip_line() {
    const std::size_t end = rest_.find('\n');
    line_ += end == std::string_view::npos ? 0 : 1;
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  }

  bool fail(std::string message) {
    file_.errors.push_back({line_, name_, std::move(message)});
    return false;
  }

  std::string_view rest_;
  const EnvironmentLookup& environment_;
  std::size_t line_ = 1;   // of the front of `rest_`
  std::size_t begin_ = 1;  // of the entry being read
  std::string name_;
  EnvFile file_;
};

}  // namespace

EnvFile parse_env_file(std::string_view text, const EnvironmentLookup& environment) {
  return EnvParser(text, environment).parse();
}

}  // namespace sentix::tools
