#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace sentix::test {

// JSON as chats send it, `size` bytes of it: repeats itself a good deal, never quite.
inline std::string chat_text(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < size) {
    text += R"({"type":"message","channel":"room-)" + std::to_string(random() % 50) + R"(","data":{"text":"hello )" +
            std::to_string(random()) + R"("},"offset":)" + std::to_string(random() % 100'000) + "}";
  }
  text.resize(size);
  return text;
}

// What nothing makes smaller.
inline std::string noise(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

}  // namespace sentix::test
