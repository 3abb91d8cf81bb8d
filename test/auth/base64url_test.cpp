#include "auth/base64url.h"

#include <doctest/doctest.h>

#include "test/support/jwt_maker.h"

namespace sentix::auth {
namespace {

TEST_CASE("the vectors of RFC 4648 §10, without padding") {
  CHECK(decode_base64url("") == "");
  CHECK(decode_base64url("Zg") == "f");
  CHECK(decode_base64url("Zm8") == "fo");
  CHECK(decode_base64url("Zm9v") == "foo");
  CHECK(decode_base64url("Zm9vYg") == "foob");
  CHECK(decode_base64url("Zm9vYmE") == "fooba");
  CHECK(decode_base64url("Zm9vYmFy") == "foobar");
  CHECK(decode_base64url("A-z_4ME") == "\x03\xec\xff\xe0\xc1");  // RFC 7515, appendix C
}

TEST_CASE("there is but one way to write some bytes") {
  for (const char* text : {"Z", "Zm9vY", "Zg==", "Zg=", "Zh", "Zm9=", "Zm8 ", " Zm8", "Zm\n8", "Zm9+", "Zm9/",
                           "Zm9\x80", "Zm9vYh", "Zm9"}) {
    CAPTURE(text);
    const auto decoded = decode_base64url(text);
    CHECK((!decoded || test::base64url(*decoded) == text));
  }
  CHECK(decode_base64url("Zh") == std::nullopt);  // bits behind the last byte
  CHECK(decode_base64url("Zm9") == std::nullopt);
  CHECK(decode_base64url("Zg==") == std::nullopt);
}

TEST_CASE("every byte at every place comes back") {
  std::string bytes;
  for (int size = 0; size < 5; ++size) {
    for (int byte = 0; byte < 256; ++byte) {
      CHECK(decode_base64url(test::base64url(bytes + static_cast<char>(byte))) == bytes + static_cast<char>(byte));
    }
    bytes += '\xA5';
  }
}

}  // namespace
}  // namespace sentix::auth
