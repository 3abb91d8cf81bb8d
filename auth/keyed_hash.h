#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sentix::auth {

// SipHash-1-3 (Aumasson and Bernstein 2012, with the rounds that hash tables use): a hash that nobody can find
// collisions for who does not know the key. So clients, who choose their own addresses and names, cannot choose whom
// they share an entry of a table with.
class KeyedHash {
 public:
  using Key = std::array<std::uint64_t, 2>;  // random, and kept to oneself

  explicit KeyedHash(const Key& key) : key_(key) {}

  [[nodiscard]] std::uint64_t operator()(std::string_view bytes) const {
    State state{{key_[0] ^ 0x736f6d6570736575, key_[1] ^ 0x646f72616e646f6d, key_[0] ^ 0x6c7967656e657261,
                 key_[1] ^ 0x7465646279746573}};
    std::uint64_t last = std::uint64_t{bytes.size()} << 56;
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
      state.absorb(little_endian(bytes.substr(0, 8)));
    }
    state.absorb(last | little_endian(bytes));
    return state.finished();
  }

 private:
  struct State {
    std::array<std::uint64_t, 4> v;

    void round() {
      v[0] += v[1];
      v[2] += v[3];
      v[1] = std::rotl(v[1], 13) ^ v[0];
      v[3] = std::rotl(v[3], 16) ^ v[2];
      v[0] = std::rotl(v[0], 32);
      v[2] += v[1];
      v[0] += v[3];
      v[1] = std::rotl(v[1], 17) ^ v[2];
      v[3] = std::rotl(v[3], 21) ^ v[0];
      v[2] = std::rotl(v[2], 32);
    }
    void absorb(std::uint64_t word) {
      v[3] ^= word;
      round();
      v[0] ^= word;
    }
    std::uint64_t finished() {
      v[2] ^= 0xFF;
      for (int i = 0; i < 3; ++i) {
        round();
      }
      return v[0] ^ v[1] ^ v[2] ^ v[3];
    }
  };

  // At most eight bytes.
  static std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      word |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << 8 * i;
    }
    return word;
  }

  Key key_;
};

}  // namespace sentix::auth
