#include "core/tls/ticket_keys.h"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>

using namespace sentix;
using namespace std::chrono_literals;
using core::TicketKeys;
using Result = TicketKeys::Result;

namespace {

using CipherPtr = std::unique_ptr<EVP_CIPHER_CTX, core::FreedBy<EVP_CIPHER_CTX_free>>;
using MacPtr = std::unique_ptr<EVP_MAC_CTX, core::FreedBy<EVP_MAC_CTX_free>>;

struct Block {
  std::array<unsigned char, TicketKeys::kNameBytes> name{};
  std::array<unsigned char, EVP_MAX_IV_LENGTH> iv{};
  std::array<unsigned char, 64> bytes{};
  int size = 0;
};

// As OpenSSL does it: the callback prepares the two contexts.
class Contexts {
 public:
  Contexts() : mac_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)), context_(EVP_MAC_CTX_new(mac_.get())) {}

  TicketKeys::Ticket of(Block& block) { return {block.name.data(), block.iv.data(), cipher_.get(), context_.get()}; }
  [[nodiscard]] EVP_CIPHER_CTX* cipher() { return cipher_.get(); }

 private:
  CipherPtr cipher_{EVP_CIPHER_CTX_new()};
  std::unique_ptr<EVP_MAC, core::FreedBy<EVP_MAC_free>> mac_;
  MacPtr context_;
};

Block sealed(TicketKeys& keys, TicketKeys::Time now) {
  Block block;
  Contexts contexts;
  REQUIRE(keys.seal(contexts.of(block), now) == Result::good);
  const std::string text = "a session";
  int size = 0;
  EVP_EncryptUpdate(contexts.cipher(), block.bytes.data(), &size, reinterpret_cast<const unsigned char*>(text.data()),
                    static_cast<int>(text.size()));
  EVP_EncryptFinal_ex(contexts.cipher(), block.bytes.data() + size, &block.size);
  block.size += size;
  return block;
}

std::string opened(TicketKeys& keys, Block block, TicketKeys::Time now, Result expected) {
  Contexts contexts;
  const Result result = keys.open(contexts.of(block), now);
  CHECK(result == expected);
  if (result == Result::unknown) {
    return {};
  }
  std::array<unsigned char, 64> text{};
  int begin = 0;
  int end = 0;
  EVP_DecryptUpdate(contexts.cipher(), text.data(), &begin, block.bytes.data(), block.size);
  CHECK(EVP_DecryptFinal_ex(contexts.cipher(), text.data() + begin, &end) == 1);
  return {text.begin(), text.begin() + begin + end};
}

}  // namespace

TEST_CASE("a ticket opens for at least an hour after it was sealed, and for at most two hours after its key was made") {
  TicketKeys keys;
  const TicketKeys::Time begin{100h};
  const Block early = sealed(keys, begin);
  const Block late = sealed(keys, begin + 59min);
  CHECK(opened(keys, early, begin + 59min, Result::good) == "a session");
  CHECK(opened(keys, early, begin + 61min, Result::good_but_old) == "a session");
  const Block next = sealed(keys, begin + 61min);
  CHECK(opened(keys, late, begin + 119min, Result::good_but_old) == "a session");
  CHECK(opened(keys, next, begin + 119min, Result::good) == "a session");
  CHECK(opened(keys, late, begin + 121min, Result::unknown).empty());
}

TEST_CASE("after a long rest nothing of before opens") {
  TicketKeys keys;
  const TicketKeys::Time begin{100h};
  const Block block = sealed(keys, begin);
  CHECK(opened(keys, block, begin + 100h, Result::unknown).empty());
}

TEST_CASE("another server's tickets are unknown, and no two begin alike") {
  TicketKeys keys;
  TicketKeys others;
  const TicketKeys::Time now{100h};
  CHECK(opened(keys, sealed(others, now), now, Result::unknown).empty());
  std::set<std::array<unsigned char, EVP_MAX_IV_LENGTH>> beginnings;
  for (int i = 0; i < 100; ++i) {
    beginnings.insert(sealed(keys, now).iv);
  }
  CHECK(beginnings.size() == 100);
}
