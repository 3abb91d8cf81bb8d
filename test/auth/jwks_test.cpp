#include "auth/jwks.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"
#include "test/support/jwt_maker.h"

namespace sentix::auth {
namespace {

// RFC 7517, appendix A.1, but for its RSA key, which is that of RFC 7515, appendix A.2; RFC 8037, appendix A.2.
const std::string kP256 = R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                          R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"1"})";
const std::string kRsa =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0)"
    R"(Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e)"
    R"(-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj)"
    R"(8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB","alg":"RS256","use":"sig","kid":"2"})";
const std::string kEd25519 =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","key_ops":["verify"]})";
const std::string kSecret(32, 's');

std::string oct(std::string_view more) {
  return R"({"kty":"oct","k":")" + test::base64url(kSecret) + "\"" + std::string(more) + "}";
}

std::string set_of(std::initializer_list<std::string> keys) {
  std::string json = R"({"keys":[)";
  for (const std::string& key : keys) json += (json.back() == '[' ? "" : ",") + key;
  return json + "]}";
}

struct Outcome {
  JwtKeySet keys;
  std::vector<std::string> notes;
  std::string error;
};

Outcome read(std::string_view json) {
  Outcome outcome;
  try {
    outcome.notes = add_jwks(json, outcome.keys);
  } catch (const JwtKeyError& error) {
    outcome.error = error.what();
  }
  return outcome;
}

TEST_CASE("every kind of key") {
  const Outcome outcome = read(set_of({kP256, kRsa, kEd25519, oct(R"(,"alg":"HS256","kid":"s")")}));
  CHECK(outcome.error.empty());
  CHECK(outcome.notes.empty());
  CHECK(outcome.keys.size() == 4);

  const std::string joe =
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const std::string es256 = "eyJhbGciOiJFUzI1NiJ9." + joe +
                            ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
  CHECK(outcome.keys.check(std::get<Jwt>(parse_jwt(es256))) == std::nullopt);
  const std::string hs256 = test::hs256_token(kSecret, "{}", R"({"alg":"HS256","kid":"s"})");
  CHECK(outcome.keys.check(std::get<Jwt>(parse_jwt(hs256))) == std::nullopt);
}

TEST_CASE("what is not for here is left out with a note") {
  for (const char* other :
       {R"({"kty":"DH"})", R"({"kty":"EC","crv":"P-521","x":"AA","y":"AA"})",
        R"({"kty":"OKP","crv":"X25519","x":"AA"})", R"({"kty":"RSA","alg":"PS256","n":"AA","e":"AQAB"})",
        R"({"kty":"oct","k":"AA","alg":"A128KW"})", R"({"kty":"RSA","use":"enc"})",
        R"({"kty":"oct","key_ops":["sign"]})"}) {
    CAPTURE(other);
    const Outcome outcome = read(set_of({other, kP256}));
    CHECK(outcome.error.empty());
    CHECK(outcome.keys.size() == 1);
    REQUIRE(outcome.notes.size() == 1);
    CHECK(outcome.notes[0].starts_with("key 1 is left out: "));
  }
}

TEST_CASE("what should be good and is not is an error that names the key") {
  struct Row {
    std::string json;
    const char* error;
  };
  for (const Row& row : {
           Row{set_of({kP256, kP256}), "key 2 has the id of another key"},
           Row{set_of({R"({"kid":"a"})"}), "key 1 has no kty"},
           Row{set_of({R"({"kty":7})"}), "key 1 has a member kty that is no text"},
           Row{set_of({R"({"kty":"RSA","kty":"oct"})"}), "key 1 has a member twice, or written with escapes"},
           Row{set_of({R"({"kt\u0079":"RSA"})"}), "key 1 has a member twice, or written with escapes"},
           Row{set_of({R"({"kty":"RSA","n":"AA=="})"}), "key 1 has a member n that is missing or no base64url"},
           Row{set_of({R"({"kty":"RSA","n":"-_8","e":"AQAB"})"}),
               "key 1 is an RSA key of 16 bits, and has to have 2048 to 8192"},
           Row{set_of({R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"}),
               "key 1 is no key of P-256: its x and y have 32 bytes each"},
           Row{set_of({oct("")}), "key 1 is a secret without its alg: HS256, HS384 or HS512"},
           Row{set_of({oct(R"(,"alg":"HS512")")}),
               "key 1 has 32 bytes, and a secret for HS512 has to have 64 at least"},
           Row{set_of({oct(R"(,"alg":"RS256")")}), "key 1 is a secret, and RS256 needs a public key"},
           Row{set_of({R"({"kty":"OKP","crv":"Ed25519","alg":"ES256",)"
                       R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"}),
               "key 1 has the alg ES256, and what it is makes it one for EdDSA"},
           Row{set_of({"7"}), "key 1 is no JSON object"},
           Row{set_of({R"({"kty":"DH"})"}), "has no key that could be used here"},
           Row{set_of({}), "has no key that could be used here"},
           Row{R"({"keys":7})", "is no JWK set: its keys are no list"},
           Row{R"({"keys":[],"keys":[]})", "is no JWK set: a JSON object with a list of keys"},
           Row{"{}", "is no JWK set: a JSON object with a list of keys"},
           Row{"[]", "is no JWK set: a JSON object with a list of keys"},
           Row{"", "is no JWK set: a JSON object with a list of keys"},
       }) {
    CAPTURE(row.json);
    CHECK(read(row.json).error == row.error);
  }
}

TEST_CASE("there may be so many keys, and not one more") {
  std::string json = R"({"keys":[)" + kEd25519;
  for (std::size_t i = 1; i < JwtKeySet::kKeysMax; ++i) json += "," + kEd25519;
  CHECK(read(json + "]}").keys.size() == JwtKeySet::kKeysMax);
  CHECK(read(json + "," + kEd25519 + "]}").error == "key 65 is one key too many: there may be 64");
}

TEST_CASE("cut anywhere it is none, and nothing behind it is read") {
  const std::string json = set_of({kP256, kEd25519});
  for (std::size_t size = 0; size < json.size(); ++size) {
    const test::GuardedBytes copy(std::string_view(json).substr(0, size));
    CHECK_FALSE(read(copy.text()).error.empty());
  }
}

}  // namespace
}  // namespace sentix::auth
