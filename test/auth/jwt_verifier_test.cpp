#include "auth/jwt_verifier.h"

#include <doctest/doctest.h>

#include "test/support/jwt_maker.h"

namespace sentix::auth {
namespace {

using std::chrono::seconds;
using test::base64url;
using test::hs256_token;

const std::string kSecret = "a secret of thirty-two bytes, ok";
constexpr WallTime kNow{seconds(1'700'000'000)};

JwtKeySet secret_only(std::string id = {}) {
  JwtKeySet keys;
  keys.add(std::move(id), JwtKey::from_secret(JwtAlgorithm::hs256, kSecret));
  return keys;
}

// The fault, or nothing where the token is believed.
std::optional<JwtFault> fault_of(const JwtVerifier& verifier, std::string_view token, WallTime now = kNow) {
  const auto verified = verifier.verify(token, now);
  const auto* const fault = std::get_if<JwtFault>(&verified);
  return fault == nullptr ? std::nullopt : std::optional(*fault);
}

const std::string kClaims = R"({"sub":"ann","exp":1700000060})";

TEST_CASE("a good token is believed, until its end and the leeway") {
  const JwtVerifier verifier(secret_only(), {.leeway = seconds(10)});
  const auto verified = verifier.verify(hs256_token(kSecret, kClaims), kNow);
  REQUIRE(std::holds_alternative<JwtClaims>(verified));
  CHECK(std::get<JwtClaims>(verified).user == "ann");
  CHECK(std::get<JwtClaims>(verified).expires_at == kNow + seconds(70));
  CHECK_FALSE(fault_of(verifier, hs256_token(kSecret, kClaims), kNow + seconds(69)));
  CHECK(fault_of(verifier, hs256_token(kSecret, kClaims), kNow + seconds(70)) == JwtFault::expired);
}

TEST_CASE("forgeries") {
  const test::JwtIssuer rsa = test::JwtIssuer::rsa();
  const test::JwtIssuer p256 = test::JwtIssuer::p256();
  JwtKeySet keys;
  keys.add("s", JwtKey::from_secret(JwtAlgorithm::hs256, kSecret));
  keys.add("r", JwtKey::from_pem(rsa.public_pem()));
  const JwtVerifier verifier(std::move(keys), {});

  const std::string good = hs256_token(kSecret, kClaims);
  CHECK_FALSE(fault_of(verifier, good));
  CHECK_FALSE(fault_of(verifier, rsa.token(R"({"alg":"RS256"})", kClaims)));

  SUBCASE("alg none, with and without a signature") {
    const std::string unsigned_text = base64url(R"({"alg":"none"})") + "." + base64url(kClaims);
    CHECK(fault_of(verifier, unsigned_text + ".") == JwtFault::unknown_algorithm);
    CHECK(fault_of(verifier, unsigned_text + good.substr(good.rfind('.'))) == JwtFault::unknown_algorithm);
  }
  SUBCASE("no signature under a good header") {
    CHECK(fault_of(verifier, good.substr(0, good.rfind('.') + 1)) == JwtFault::bad_signature);
  }
  SUBCASE("the public key as the secret of an HMAC") {
    CHECK(fault_of(verifier, hs256_token(rsa.public_pem(), kClaims)) == JwtFault::bad_signature);
    CHECK(fault_of(verifier, hs256_token(rsa.public_pem(), kClaims, R"({"alg":"HS256","kid":"r"})")) ==
          JwtFault::no_key);
  }
  SUBCASE("the algorithm exchanged") {
    for (const char* header :
         {R"({"alg":"HS384"})", R"({"alg":"HS512"})", R"({"alg":"ES256"})", R"({"alg":"EdDSA"})"}) {
      CHECK(fault_of(verifier, hs256_token(kSecret, kClaims, header)) == JwtFault::no_key);
    }
    CHECK(fault_of(verifier, rsa.token(R"({"alg":"HS256"})", kClaims)) == JwtFault::bad_signature);
    CHECK(fault_of(verifier, hs256_token(kSecret, kClaims, R"({"alg":"RS256"})")) == JwtFault::bad_signature);
  }
  SUBCASE("another key, another id") {
    CHECK(fault_of(verifier, hs256_token(std::string(32, 'x'), kClaims)) == JwtFault::bad_signature);
    CHECK(fault_of(verifier, p256.token(R"({"alg":"ES256"})", kClaims)) == JwtFault::no_key);
    CHECK(fault_of(verifier, hs256_token(kSecret, kClaims, R"({"alg":"HS256","kid":"x"})")) == JwtFault::no_key);
    CHECK_FALSE(fault_of(verifier, hs256_token(kSecret, kClaims, R"({"alg":"HS256","kid":"s"})")));
  }
  SUBCASE("the claims of another token") {
    const std::string other = hs256_token(kSecret, R"({"sub":"root","exp":1700000060})");
    const std::string mixed = other.substr(0, other.rfind('.')) + good.substr(good.rfind('.'));
    CHECK(fault_of(verifier, mixed) == JwtFault::bad_signature);
  }
  SUBCASE("any character exchanged for any other") {
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const char c : std::string_view("AZaz09-_.")) {
        std::string changed = good;
        changed[at] = c;
        if (changed != good) CHECK(fault_of(verifier, changed).has_value());
      }
    }
  }
  SUBCASE("cut anywhere") {
    for (std::size_t size = 0; size < good.size(); ++size) CHECK(fault_of(verifier, good.substr(0, size)).has_value());
  }
  SUBCASE("a token within a token") {
    CHECK(fault_of(verifier, hs256_token(kSecret, good)) == JwtFault::bad_claims);
  }
}

TEST_CASE("a key without an id is for tokens that name one as well") {
  const JwtVerifier verifier(secret_only(), {});
  CHECK_FALSE(fault_of(verifier, hs256_token(kSecret, kClaims, R"({"alg":"HS256","kid":"anything"})")));
}

TEST_CASE("rules") {
  struct Row {
    JwtRules rules;
    const char* claims;
    std::optional<JwtFault> fault;
  };
  for (const Row& row : {
           Row{{}, R"({"sub":"ann"})", JwtFault::missing_claim},
           Row{{.expires = false}, R"({"sub":"ann"})", {}},
           Row{{.required_claims = {"tenant"}}, R"({"exp":1700000060,"tenant":null})", {}},
           Row{{.required_claims = {"exp", "jti"}}, R"({"exp":1700000060})", JwtFault::missing_claim},
           Row{{.leeway = seconds(0)}, R"({"exp":1700000000})", JwtFault::expired},
           Row{{.leeway = seconds(0)}, R"({"exp":1700000001})", {}},
           Row{{.leeway = seconds(5)}, R"({"exp":1800000000,"nbf":1700000006})", JwtFault::not_yet},
           Row{{.leeway = seconds(5)}, R"({"exp":1800000000,"nbf":1700000005})", {}},
           Row{{.issuer = "joe"}, R"({"exp":1800000000})", JwtFault::other_issuer},
           Row{{.issuer = "joe"}, R"({"exp":1800000000,"iss":"jo"})", JwtFault::other_issuer},
           Row{{.issuer = "joe"}, R"({"exp":1800000000,"iss":"joe"})", {}},
           Row{{.audience = "us"}, R"({"exp":1800000000})", JwtFault::other_audience},
           Row{{.audience = "us"}, R"({"exp":1800000000,"aud":"them"})", JwtFault::other_audience},
           Row{{.audience = "us"}, R"({"exp":1800000000,"aud":["them","us"]})", {}},
           Row{{}, R"({"exp":1800000000,"aud":"them"})", JwtFault::other_audience},
           Row{{}, R"({"exp":1800000000,"aud":[]})", JwtFault::other_audience},
       }) {
    CAPTURE(row.claims);
    CHECK(fault_of(JwtVerifier(secret_only(), row.rules), hs256_token(kSecret, row.claims)) == row.fault);
  }
}

}  // namespace
}  // namespace sentix::auth
