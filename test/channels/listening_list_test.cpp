#include "channels/listening_list.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace sentix::channels {
namespace {

// The list never looks into a channel.
Channel* channel(std::uintptr_t number) {
  return reinterpret_cast<Channel*>(number * 64);
}

bool same(const ListeningList& list, const std::vector<Listening>& model) {
  if (list.size() != model.size()) return false;
  for (std::size_t i = 0; i < model.size(); ++i) {
    if (list.all()[i].channel != model[i].channel) return false;
    if (list.all()[i].place_in_channel != model[i].place_in_channel) return false;
  }
  return true;
}

TEST_CASE("one, two, one, none") {
  ListeningList list;
  CHECK(list.all().empty());
  list.push_back({channel(1), 10});
  list.push_back({channel(2), 20});
  CHECK(list.take_out(0));
  REQUIRE(list.size() == 1);
  CHECK(list.all()[0].channel == channel(2));
  CHECK(list.all()[0].place_in_channel == 20);
  CHECK_FALSE(list.take_out(0));
  CHECK(list.size() == 0);
}

TEST_CASE("what is changed through all() stays changed") {
  ListeningList list;
  list.push_back({channel(1), 10});
  list.all()[0].place_in_channel = 11;
  list.push_back({channel(2), 20});
  list.all()[1].place_in_channel = 21;
  CHECK(same(list, {{channel(1), 11}, {channel(2), 21}}));
}

TEST_CASE("a list agrees with a vector over thousands of random steps") {
  std::mt19937 random(5);
  ListeningList list;
  std::vector<Listening> model;
  for (std::uint32_t step = 1; step < 20'000; ++step) {
    const bool grows = model.empty() || (model.size() < 40 && random() % 2 == 0);
    if (grows) {
      list.push_back({channel(step), step});
      model.push_back({channel(step), step});
    } else {
      const auto place = static_cast<std::uint32_t>(random() % model.size());
      const bool another = place + 1 != model.size();
      model[place] = model.back();
      model.pop_back();
      REQUIRE(list.take_out(place) == another);
    }
    REQUIRE(same(list, model));
  }
}

}  // namespace
}  // namespace sentix::channels
