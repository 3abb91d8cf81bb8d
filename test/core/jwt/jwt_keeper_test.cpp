#include "core/jwt/jwt_keeper.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "test/support/jwt_maker.h"
#include "test/support/temporary_folder.h"

using namespace sentix;
using core::JwtError;
using core::JwtKeeper;
using core::JwtOptions;
using std::chrono::seconds;
using test::JwtIssuer;
using test::TemporaryFolder;
using Time = std::chrono::steady_clock::time_point;

namespace {

const std::string kSecret = "a secret of thirty-two bytes, ok";
const std::string kClaims = R"({"sub":"ann","exp":1700000060})";
constexpr auth::WallTime kNow{seconds(1'700'000'000)};

bool believes(const auth::JwtVerifier& verifier, const std::string& token) {
  return std::holds_alternative<auth::JwtClaims>(verifier.verify(token, kNow));
}

std::string token_of(const JwtIssuer& issuer) {
  return issuer.token(R"({"alg":"ES256"})", kClaims);
}

std::string error_of(const JwtOptions& options) {
  try {
    const JwtKeeper keeper(options, {});
  } catch (const JwtError& error) {
    return std::string(error.setting) + ": " + error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("keys of every source are believed beside each other") {
  const TemporaryFolder folder;
  const JwtIssuer issuer = JwtIssuer::p256();
  const std::string jwks =
      R"({"keys":[{"kty":"oct","alg":"HS256","k":")" + test::base64url(std::string(32, 'j')) + R"("}]})";
  JwtKeeper keeper({.secret = kSecret,
                    .key_file = folder.write("key.pem", issuer.public_pem()),
                    .jwks_file = folder.write("jwks.json", jwks)},
                   {});
  const auto verifier = keeper.verifier(Time());
  CHECK(believes(*verifier, test::hs256_token(kSecret, kClaims)));
  CHECK(believes(*verifier, test::hs256_token(std::string(32, 'j'), kClaims)));
  CHECK(believes(*verifier, token_of(issuer)));
  CHECK_FALSE(believes(*verifier, token_of(JwtIssuer::p256())));
}

TEST_CASE("what cannot be used is an error that names setting and file") {
  const TemporaryFolder folder;
  CHECK(error_of({.secret = "short"}) == "secret: it has 5 bytes, and a secret for HS256 has to have 32 at least");
  CHECK(error_of({.key_file = folder.path("none")}) ==
        "key_file: " + folder.path("none") + " cannot be read: No such file or directory");
  const std::string path = folder.write("jwks.json", R"({"keys":[{"kty":"oct","k":"AAAA"}]})");
  CHECK(error_of({.jwks_file = path}) ==
        "jwks_file: " + path + ": key 1 is a secret without its alg: HS256, HS384 or HS512");
  CHECK(error_of({.jwks_file = folder.write("large", std::string((1 << 20) + 1, ' '))}) ==
        "jwks_file: " + folder.path("large") + " is larger than 1 MiB");
}

TEST_CASE("a key that is exchanged is read again within a second, and a bad one is not taken") {
  const TemporaryFolder folder;
  const JwtIssuer first = JwtIssuer::p256();
  const JwtIssuer second = JwtIssuer::p256();
  std::vector<std::string> lines;
  JwtKeeper keeper({.key_file = folder.write("key.pem", first.public_pem())},
                   [&](const core::LogLine& line) { lines.emplace_back(line.text); });
  const Time begin;
  const auto verifier = keeper.verifier(begin);
  CHECK(keeper.verifier(begin + seconds(1)) == verifier);
  CHECK(lines.empty());

  const auto exchange = [&](const std::string& text) {  // as whoever renews a key should
    folder.write("new", text);
    std::filesystem::rename(folder.path("new"), folder.path("key.pem"));
  };
  exchange("no key");
  CHECK(keeper.verifier(begin + seconds(1)) == verifier);  // not looked at yet
  CHECK(lines.empty());
  CHECK(keeper.verifier(begin + seconds(2)) == verifier);
  CHECK(keeper.verifier(begin + seconds(3)) == verifier);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("the new keys are refused, the old ones stay in force: auth.jwt.key_file: " +
                             folder.path("key.pem") + " is no public key in PEM"));
  CHECK(believes(*keeper.verifier(begin + seconds(3)), token_of(first)));

  exchange(second.public_pem());
  const auto newer = keeper.verifier(begin + seconds(4));
  CHECK(believes(*newer, token_of(second)));
  CHECK_FALSE(believes(*newer, token_of(first)));
  CHECK(lines.back() == "the keys of auth.jwt were read again");
}
