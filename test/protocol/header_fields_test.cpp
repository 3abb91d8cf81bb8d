#include "protocol/header_fields.h"

#include <doctest/doctest.h>

#include <initializer_list>

namespace sentix::protocol {
namespace {

HeaderFields fields_of(std::initializer_list<HeaderField> list) {
  HeaderFields fields;
  for (const HeaderField& field : list) fields.add(field);
  return fields;
}

TEST_CASE("fields are found by name in any case, the first one first") {
  const HeaderFields fields = fields_of({{"Host", "a"}, {"X-A", "1"}, {"x-a", "2"}, {"Empty", ""}});
  CHECK(fields.find("hOST") == "a");
  CHECK(fields.find("X-A") == "1");
  CHECK(fields.find("Empty") == "");
  CHECK_FALSE(fields.find("Hos").has_value());
  CHECK(fields.count("X-a") == 2);
  CHECK(fields.count("X-B") == 0);
}

TEST_CASE("repeated lines are one list") {
  const HeaderFields fields = fields_of({{"E", "a; x=1"}, {"Other", "o"}, {"e", "b, c"}});
  CHECK(fields.joined("E") == "a; x=1, b, c");
  CHECK(fields.joined("Other") == "o");
  CHECK(fields.joined("None") == "");
}

TEST_CASE("an element is found in any line, in any case, among empty elements") {
  const HeaderFields fields = fields_of({{"Connection", " , keep-alive ,,\tUPGRADE\t,"}, {"connection", "close"}});
  CHECK(fields.has_element("Connection", "upgrade"));
  CHECK(fields.has_element("Connection", "keep-alive"));
  CHECK(fields.has_element("Connection", "Close"));
  CHECK_FALSE(fields.has_element("Connection", "keep"));
  CHECK_FALSE(fields.has_element("Connection", "upgrade, close"));
  CHECK_FALSE(fields.has_element("Upgrade", "upgrade"));
}

TEST_CASE("clear leaves nothing to find") {
  HeaderFields fields = fields_of({{"Host", "a"}});
  fields.clear();
  CHECK(fields.all().empty());
  CHECK_FALSE(fields.find("Host").has_value());
}

TEST_CASE("kCapacity fields fit") {
  HeaderFields fields;
  for (std::size_t i = 0; i < HeaderFields::kCapacity; ++i) fields.add({"A", "1"});
  CHECK(fields.all().size() == HeaderFields::kCapacity);
  CHECK(fields.count("a") == HeaderFields::kCapacity);
}

}  // namespace
}  // namespace sentix::protocol
