#include "auth/jwt_key.h"

#include <doctest/doctest.h>

#include "auth/base64url.h"
#include "auth/jwt.h"
#include "test/support/jwt_maker.h"

namespace sentix::auth {
namespace {

using test::JwtIssuer;

// The examples of RFC 7515, appendices A.1 to A.3, have these claims.
const std::string kJoe =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

std::string bytes(std::string_view text) {
  return decode_base64url(text).value();
}

// Whether the key's signature is the token's third part; and not that of a text which differs in one character.
bool verifies(const JwtKey& key, const std::string& token) {
  const std::size_t dot = token.rfind('.');
  const std::string signature = bytes(token.substr(dot + 1));
  std::string other = token.substr(0, dot);
  other.back() = other.back() == 'A' ? 'B' : 'A';
  return key.verifies(token.substr(0, dot), signature) && !key.verifies(other, signature);
}

TEST_CASE("HS256: RFC 7515, appendix A.1") {
  const JwtKey key = JwtKey::from_secret(
      JwtAlgorithm::hs256,
      bytes("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"));
  CHECK(verifies(key,
                 "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + kJoe + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
}

TEST_CASE("RS256: RFC 7515, appendix A.2") {
  const JwtKey key = JwtKey::from_rsa(
      bytes("ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-"
            "SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
            "UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2eth"
            "FkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"),
      bytes("AQAB"));
  CHECK(key.algorithm() == JwtAlgorithm::rs256);
  CHECK(verifies(key, "eyJhbGciOiJSUzI1NiJ9." + kJoe +
                          ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2"
                          "Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQB"
                          "MHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI"
                          "2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"));
}

TEST_CASE("ES256: RFC 7515, appendix A.3") {
  const std::string x = bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
  const std::string y = bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
  const JwtKey key = JwtKey::from_p256(x, y);
  CHECK(key.algorithm() == JwtAlgorithm::es256);
  CHECK(verifies(key, "eyJhbGciOiJFUzI1NiJ9." + kJoe +
                          ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"));
  CHECK_THROWS_AS(JwtKey::from_p256(y, x), JwtKeyError);  // not on the curve
  CHECK_THROWS_AS(JwtKey::from_p256(x, y.substr(1)), JwtKeyError);
}

TEST_CASE("EdDSA: RFC 8037, appendix A.4") {
  const JwtKey key = JwtKey::from_ed25519(bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  CHECK(key.algorithm() == JwtAlgorithm::eddsa);
  CHECK(verifies(key,
                 "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
                 "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"));
  CHECK_THROWS_AS(JwtKey::from_ed25519("short"), JwtKeyError);
}

TEST_CASE("a key in PEM tells its algorithm itself, and verifies what it signed") {
  for (const auto& [issuer, algorithm] :
       {std::pair(JwtIssuer::rsa(), JwtAlgorithm::rs256), std::pair(JwtIssuer::p256(), JwtAlgorithm::es256),
        std::pair(JwtIssuer::ed25519(), JwtAlgorithm::eddsa)}) {
    const JwtKey key = JwtKey::from_pem(issuer.public_pem());
    CHECK(key.algorithm() == algorithm);
    CHECK(verifies(key, issuer.token("{}", "{}")));
    const std::string signature = issuer.signature("text");
    CHECK(key.verifies("text", signature));
    for (std::size_t cut = 0; cut < signature.size(); ++cut)
      CHECK_FALSE(key.verifies("text", signature.substr(0, cut)));
    for (std::size_t i = 0; i < signature.size(); ++i) {
      std::string changed = signature;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      CHECK_FALSE(key.verifies("text", changed));
    }
    CHECK_FALSE(key.verifies("text", signature + '\0'));
  }
}

TEST_CASE("the longer hashes of HMAC") {
  const std::string secret(64, 's');
  for (const auto& [algorithm, hash] :
       {std::pair(JwtAlgorithm::hs384, EVP_sha384()), std::pair(JwtAlgorithm::hs512, EVP_sha512())}) {
    const JwtKey key = JwtKey::from_secret(algorithm, secret);
    CHECK(key.verifies("text", test::hmac(hash, secret, "text")));
    CHECK_FALSE(key.verifies("text", test::hmac(EVP_sha256(), secret, "text")));
    CHECK_FALSE(key.verifies("text", ""));
  }
}

TEST_CASE("what is weak is refused, with its measure and the one it should have") {
  const auto error_of = [](auto&& make) -> std::string {
    try {
      make();
    } catch (const JwtKeyError& error) {
      return error.what();
    }
    return "none";
  };
  CHECK(error_of([] { return JwtKey::from_secret(JwtAlgorithm::hs256, std::string(31, 's')); }) ==
        "has 31 bytes, and a secret for HS256 has to have 32 at least");
  CHECK(error_of([] { return JwtKey::from_secret(JwtAlgorithm::hs512, std::string(63, 's')); }) ==
        "has 63 bytes, and a secret for HS512 has to have 64 at least");
  CHECK(error_of([] { return JwtKey::from_secret(JwtAlgorithm::rs256, std::string(99, 's')); }) ==
        "is a secret, and RS256 needs a public key");
  CHECK(error_of([] { return JwtKey::from_pem(JwtIssuer::rsa(1024).public_pem()); }) ==
        "is an RSA key of 1024 bits, and has to have 2048 to 8192");
  CHECK(error_of([] { return JwtKey::from_pem(JwtIssuer::p384().public_pem()); }) ==
        "is a key of a kind that is not known here: known are RSA, P-256 and Ed25519");
  CHECK(error_of([] {
          return JwtKey::from_pem(JwtIssuer::p256().private_pem());
        }).starts_with("is a private key, which whoever checks tokens has no use for"));
  CHECK(error_of([] { return JwtKey::from_pem("no PEM at all"); }).starts_with("is no public key in PEM"));
  CHECK(error_of([] { return JwtKey::from_rsa("", ""); }) != "none");
}

TEST_CASE("names of algorithms are read as they are written, and there is no none") {
  for (const char* text : {"HS256", "HS384", "HS512", "RS256", "ES256", "EdDSA"}) {
    REQUIRE(jwt_algorithm(text).has_value());
    CHECK(name(*jwt_algorithm(text)) == text);
  }
  for (const char* text : {"none", "None", "hs256", "HS256 ", "PS256", "ES384", ""}) CHECK_FALSE(jwt_algorithm(text));
}

}  // namespace
}  // namespace sentix::auth
