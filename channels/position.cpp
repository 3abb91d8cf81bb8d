#include "channels/position.h"

#include <random>
#include <string_view>

namespace sentix::channels {

// Fifteen letters of six random bits, five of a word: as many as libstdc++ and libc++ both keep inside of a
// std::string.
std::string make_epoch() {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::random_device random;
  std::string epoch;
  for (int words = 0; words < 3; ++words) {
    auto bits = random();
    for (int letters = 0; letters < 5; ++letters, bits >>= 6) epoch += kLetters[bits & 63];
  }
  return epoch;
}

}  // namespace sentix::channels
