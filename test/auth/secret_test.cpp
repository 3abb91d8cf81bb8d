#include "auth/secret.h"

#include <doctest/doctest.h>

namespace sentix::auth {
namespace {

constexpr std::string_view kAbcHex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) == kAbcHex);
  CHECK(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("hexadecimal digests are read in either case and nothing else is") {
  CHECK(parse_digest(kAbcHex) == sha256("abc"));
  CHECK(parse_digest("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD") == sha256("abc"));
  CHECK_FALSE(parse_digest(""));
  CHECK_FALSE(parse_digest(kAbcHex.substr(1)));
  CHECK_FALSE(parse_digest(std::string(kAbcHex) + "0"));
  for (std::size_t i = 0; i < kAbcHex.size(); ++i) {
    for (const char wrong : {'g', 'G', ' ', '-', '/', ':', '@', '`', '\0'}) {
      std::string hex(kAbcHex);
      hex[i] = wrong;
      CHECK_FALSE(parse_digest(hex));
    }
  }
}

TEST_CASE("secrets are equal where all their bytes are") {
  using namespace std::string_view_literals;
  CHECK(equal("user_access_token", "user_access_token"));
  CHECK(equal("", ""));
  CHECK_FALSE(equal("user_access_token", "user_access_tokeN"));
  CHECK_FALSE(equal("User_access_token", "user_access_token"));
  CHECK_FALSE(equal("user_access", "user_access_token"));
  CHECK_FALSE(equal("user_access_token", "user_access"));
  CHECK_FALSE(equal("", "x"));
  CHECK_FALSE(equal("x\0"sv, "x"sv));
  CHECK(equal(sha256("a"), sha256("a")));
  CHECK_FALSE(equal(sha256("a"), sha256("b")));
}

}  // namespace
}  // namespace sentix::auth
