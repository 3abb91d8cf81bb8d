#include "core/last_ends.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace sentix;
using core::EndedConnection;
using core::LastEnds;

namespace {

constexpr std::chrono::system_clock::time_point kBegin{};

EndedConnection ended(unsigned number, std::string user = {}) {
  EndedConnection end;
  end.id = static_cast<channels::SessionId>(number);
  end.user = std::move(user);
  end.address.family = core::Address::Family::ip;
  end.address.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, static_cast<std::uint8_t>(number)};
  end.address.port = 4711;
  end.at = kBegin + std::chrono::seconds(number);
  return end;
}

std::string numbers(const LastEnds& ends, const LastEnds::Query& query = {}) {
  std::string text;
  for (const EndedConnection& end : ends.find(query)) {
    text += std::to_string(static_cast<std::uint64_t>(end.id)) + ' ';
  }
  return text;
}

}  // namespace

TEST_CASE("the last ends are kept, the oldest go, and the newest come first") {
  LastEnds ends(3);
  CHECK(numbers(ends).empty());
  for (unsigned i = 1; i <= 8; ++i) {
    ends.add(ended(i), true);
  }
  CHECK(numbers(ends) == "8 7 6 ");
  CHECK(numbers(ends, {.limit = 2}) == "8 7 ");
  CHECK(numbers(ends, {.limit = 0}).empty());
}

TEST_CASE("strangers do not push out clients") {
  LastEnds ends(2);
  ends.add(ended(1), true);
  for (unsigned i = 2; i <= 100; ++i) {
    ends.add(ended(i), false);
  }
  CHECK(numbers(ends) == "100 99 1 ");
}

TEST_CASE("ends are found by id, user and address, and by all that is asked for") {
  LastEnds ends(10);
  ends.add(ended(1, "ann"), true);
  ends.add(ended(2, "bob"), true);
  ends.add(ended(3, "ann"), true);
  CHECK(numbers(ends, {.user = "ann"}) == "3 1 ");
  CHECK(numbers(ends, {.user = "an"}).empty());
  CHECK(numbers(ends, {.connection = channels::to_text(static_cast<channels::SessionId>(2))}) == "2 ");
  CHECK(numbers(ends, {.address = "192.0.2.3"}) == "3 ");
  CHECK(numbers(ends, {.address = "192.0.2.3:4711"}) == "3 ");
  CHECK(numbers(ends, {.user = "bob", .address = "192.0.2.3"}).empty());
}

TEST_CASE("where none are kept, none are") {
  LastEnds ends(0);
  CHECK_FALSE(ends.keeps());
  ends.add(ended(1), true);
  CHECK(numbers(ends).empty());
}
