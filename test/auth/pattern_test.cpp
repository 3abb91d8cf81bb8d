#include "auth/pattern.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "test/support/guard_page.h"

namespace sentix::auth {
namespace {

// The definition, written down directly; exponential, so for short texts only.
bool matches_by_definition(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*') {
    return matches_by_definition(pattern.substr(1), name) ||
           (!name.empty() && matches_by_definition(pattern, name.substr(1)));
  }
  return !name.empty() && pattern.front() == name.front() && matches_by_definition(pattern.substr(1), name.substr(1));
}

TEST_CASE("a pattern matches by its literal characters, and a star any run") {
  struct Case {
    std::string_view pattern;
    std::string_view name;
    bool expected;
  };
  const Case cases[] = {
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      {"general", "general", true},
      {"general", "General", false},
      {"general", "general2", false},
      {"general", "genera", false},
      {"*", "", true},
      {"*", "anything", true},
      {"**", "anything", true},
      {"chat-*", "chat-", true},
      {"chat-*", "chat-room-1", true},
      {"chat-*", "chat", false},
      {"chat-*", "my-chat-1", false},
      {"*-chat", "my-chat", true},
      {"*-chat", "my-chat-1", false},
      {"a*b*c", "abc", true},
      {"a*b*c", "aXbYc", true},
      {"a*b*c", "aXbYcZ", false},
      {"a*b*c", "abcbc", true},
      {"*ab", "aab", true},
      {"a?c", "abc", false},
      {"[ab]", "a", false},
      {"a\\*", "a*", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.pattern);
    CAPTURE(c.name);
    CHECK(matches(c.pattern, c.name) == c.expected);
  }
}

TEST_CASE("matching agrees with the definition on every short pattern and name") {
  std::mt19937 random(7);
  const auto text = [&random](std::string_view letters) {
    std::string result;
    for (auto left = random() % 8; left > 0; --left) result += letters[random() % letters.size()];
    return result;
  };
  for (int i = 0; i < 20000; ++i) {
    const std::string pattern = text("ab*");
    const std::string name = text("ab");
    CAPTURE(pattern);
    CAPTURE(name);
    CHECK(matches(pattern, name) == matches_by_definition(pattern, name));
  }
}

// A recursive matcher would take longer than the universe on this one.
TEST_CASE("many stars cost no more than the product of both lengths") {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "a*";
  pattern += 'b';
  CHECK_FALSE(matches(pattern, std::string(200, 'a')));
}

TEST_CASE("matching reads nothing behind either text") {
  for (const std::string_view pattern : {"a*b", "*", "aaa", "a*", "*a"}) {
    for (const std::string_view name : {"", "a", "aaa", "aab", "baa"}) {
      const test::GuardedBytes guarded_pattern(pattern);
      const test::GuardedBytes guarded_name(name);
      CHECK(matches(guarded_pattern.text(), guarded_name.text()) == matches_by_definition(pattern, name));
    }
  }
}

TEST_CASE("a text with a star is a pattern, and its literal characters count") {
  CHECK(is_pattern("chat-*"));
  CHECK(is_pattern("*"));
  CHECK_FALSE(is_pattern("chat"));
  CHECK_FALSE(is_pattern(""));
  CHECK(specificity("") == 0);
  CHECK(specificity("**") == 0);
  CHECK(specificity("chat-*") == 5);
  CHECK(specificity("*chat-*x") == 6);
}

}  // namespace
}  // namespace sentix::auth
