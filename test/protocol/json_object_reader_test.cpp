#include "protocol/json_object_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "test/support/guard_page.h"

using namespace sentix::protocol;
using sentix::test::GuardedBytes;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::pair<Fields, JsonError> read(std::string_view text) {
  Fields fields;
  JsonObjectReader reader(text);
  for (JsonField field; reader.next(field);) fields.emplace_back(field.key, field.value);
  JsonField after_the_end;
  CHECK_FALSE(reader.next(after_the_end));
  return {fields, reader.error()};
}

}  // namespace

TEST_CASE("fields come in order, as written, duplicates included") {
  const auto [fields, error] =
      read("\t{ \"a\" : 1.50 ,\"b\\u0062\":\n[1, {\"x\" :2} ] , \"a\":\"\\/\",\"\":null } \r\n");
  CHECK_FALSE(error);
  CHECK(fields == Fields{{"a", "1.50"}, {"b\\u0062", "[1, {\"x\" :2} ]"}, {"a", "\"\\/\""}, {"", "null"}});
}

TEST_CASE("an empty object has no fields") {
  for (const std::string_view text : {"{}", " { } "}) {
    const auto [fields, error] = read(text);
    CHECK(fields.empty());
    CHECK_FALSE(error);
  }
}

TEST_CASE("JSON that is no object is told from what is no JSON") {
  for (const std::string_view text : {"[]", "[{}]", "1", " null ", "\"{}\""}) {
    CHECK(read(text) == std::pair{Fields{}, JsonError{JsonFault::not_an_object, 0}});
  }
  CHECK(read("[1,]").second == JsonError{JsonFault::unexpected_byte, 3});
  CHECK(read("[] []").second == JsonError{JsonFault::unexpected_byte, 3});
  CHECK(read("").second == JsonError{JsonFault::unexpected_end, 0});
}

TEST_CASE("what is wrong behind the fields is found") {
  for (const std::string_view text : {R"({"a":1)", R"({"a":1,)", R"({"a":1,})", R"({"a":1}})", R"({"a":1} 2)",
                                      R"({"a":1 "b":2})", R"({"a":1,"b"})", R"({"a":1,"b":})", R"({"a":1,b:2})"}) {
    CAPTURE(text);
    const auto [fields, error] = read(text);
    CHECK(fields == Fields{{"a", "1"}});
    CHECK(error == validate_json(text));
  }
}

TEST_CASE("every prefix is refused as the validator refuses it") {
  const std::string_view text = R"( {"type" : "publish","data":[1,"\ud83d\ude00",{"a":-0.5e+1}],"n":null} )";
  for (std::size_t size = 0; size < text.size() - 1; ++size) {
    const GuardedBytes guarded(text.substr(0, size));
    CAPTURE(size);
    const JsonError error = read(guarded.text()).second;
    CHECK(error);
    CHECK(error == validate_json(guarded.text()));
  }
}

TEST_CASE("the object counts as a level of its own") {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK_FALSE(read(nested(63)).second);
  CHECK(read(nested(64)).second.fault == JsonFault::too_deep);
}

TEST_CASE("the kind of a value is told by its first byte") {
  CHECK(json_kind("{}") == JsonKind::object);
  CHECK(json_kind("[]") == JsonKind::array);
  CHECK(json_kind("\"\"") == JsonKind::string);
  CHECK(json_kind("true") == JsonKind::boolean);
  CHECK(json_kind("false") == JsonKind::boolean);
  CHECK(json_kind("null") == JsonKind::null);
  for (const std::string_view number : {"0", "-1", "9.5"}) CHECK(json_kind(number) == JsonKind::number);
}
