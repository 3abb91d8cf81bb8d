#include "protocol/names.h"

#include <doctest/doctest.h>

#include <string>

using namespace sentix::protocol;

TEST_CASE("names hold these characters and no others") {
  const std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_=@,.;:/#-";
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const char c = static_cast<char>(byte);
    const bool valid = allowed.find(c) != std::string_view::npos;
    for (const std::string& name : {std::string(1, c), "ab" + std::string(1, c), std::string(1, c) + "ab"}) {
      CHECK(valid_channel_name(name) == valid);
      CHECK(valid_event_name(name) == valid);
    }
  }
}

TEST_CASE("names have a length") {
  CHECK_FALSE(valid_channel_name(""));
  CHECK(valid_channel_name(std::string(200, 'x')));
  CHECK_FALSE(valid_channel_name(std::string(201, 'x')));
  CHECK_FALSE(valid_event_name(""));
  CHECK(valid_event_name(std::string(64, 'x')));
  CHECK_FALSE(valid_event_name(std::string(65, 'x')));
}
