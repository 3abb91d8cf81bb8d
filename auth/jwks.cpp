#include "auth/jwks.h"

#include <array>
#include <optional>
#include <utility>

#include "auth/base64url.h"
#include "protocol/json_fields.h"
#include "protocol/json_syntax.h"
#include "protocol/json_value.h"

namespace sentix::auth {

namespace {

// The members of a JWK that matter here (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
enum Member : std::size_t { kty, kid, alg, use, key_ops, crv, n, e, x, y, k };
constexpr std::array<std::string_view, 11> kMembers{"kty", "kid", "alg", "use", "key_ops", "crv",
                                                    "n",   "e",   "x",   "y",   "k"};
constexpr std::array<std::string_view, 1> kSet{"keys"};

// One key of the set, and what it is called in messages.
class Jwk {
 public:
  Jwk(std::string_view json, std::string place) : place_(std::move(place)), members_(kMembers) {
    if (protocol::json_kind(json) != protocol::JsonKind::object) throw JwtKeyError(place_ + " is no JSON object");
    static_cast<void>(members_.read(json));  // the whole set has been checked
    if (members_.repeated() != 0 || members_.escaped() != 0) {
      throw JwtKeyError(place_ + " has a member twice, or written with escapes");
    }
  }

  [[nodiscard]] const std::string& place() const { return place_; }

  // Empty where there is no such member; one that is no text is refused.
  [[nodiscard]] std::string text(Member member) const {
    const std::string_view value = members_.value(member);
    if (value.empty()) return {};
    auto text = protocol::json_text(value);
    if (!text) fail(member, "is no text");
    return std::move(*text);
  }

  [[nodiscard]] std::string bytes(Member member) const {
    auto decoded = decode_base64url(text(member));
    if (!decoded || decoded->empty()) fail(member, "is missing or no base64url");
    return std::move(*decoded);
  }

  // Whether it may check signatures.
  [[nodiscard]] bool is_for_signatures() const {
    if (const std::string purpose = text(use); !purpose.empty() && purpose != "sig") return false;
    if (members_.value(key_ops).empty()) return true;
    const auto operations = protocol::json_elements(members_.value(key_ops));
    if (!operations) fail(key_ops, "is no list");
    for (const std::string_view operation : *operations) {
      if (operation == R"("verify")") return true;
    }
    return false;
  }

 private:
  [[noreturn]] void fail(Member member, const std::string& what) const {
    throw JwtKeyError("has a member " + std::string(kMembers[member]) + " that " + what);
  }

  std::string place_;
  protocol::JsonFields members_;
};

JwtKey secret_of(const Jwk& jwk) {
  const auto algorithm = jwt_algorithm(jwk.text(alg));
  if (!algorithm) throw JwtKeyError("is a secret without its alg: HS256, HS384 or HS512");
  return JwtKey::from_secret(*algorithm, jwk.bytes(k));
}

// The first member that is wrong is told: so they are read one after the other.
JwtKey rsa_of(const Jwk& jwk) {
  const std::string modulus = jwk.bytes(n);
  return JwtKey::from_rsa(modulus, jwk.bytes(e));
}
JwtKey p256_of(const Jwk& jwk) {
  const std::string first = jwk.bytes(x);
  return JwtKey::from_p256(first, jwk.bytes(y));
}

// Nothing where it is of a kind that is not known here.
std::optional<JwtKey> key_of(const Jwk& jwk) {
  const std::string type = jwk.text(kty);
  const std::string curve = jwk.text(crv);
  if (type.empty()) throw JwtKeyError("has no kty");
  if (const std::string given = jwk.text(alg); !given.empty() && !jwt_algorithm(given)) return std::nullopt;
  if (type == "oct") return secret_of(jwk);
  if (type == "RSA") return rsa_of(jwk);
  if (type == "EC" && curve == "P-256") return p256_of(jwk);
  if (type == "OKP" && curve == "Ed25519") return JwtKey::from_ed25519(jwk.bytes(x));
  return std::nullopt;
}

// A note where it is left out.
std::optional<std::string> add_jwk(const Jwk& jwk, JwtKeySet& keys) {
  try {
    if (!jwk.is_for_signatures()) return jwk.place() + " is left out: it is not for checking signatures";
    std::optional<JwtKey> key = key_of(jwk);
    if (!key) return jwk.place() + " is left out: its kty, crv or alg is not known here";
    const std::string given = jwk.text(alg);
    if (!given.empty() && given != name(key->algorithm())) {
      throw JwtKeyError("has the alg " + given + ", and what it is makes it one for " +
                        std::string(name(key->algorithm())));
    }
    keys.add(jwk.text(kid), std::move(*key));
  } catch (const JwtKeyError& error) {
    throw JwtKeyError(jwk.place() + " " + error.what());
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> add_jwks(std::string_view json, JwtKeySet& keys) {
  protocol::JsonFields set(kSet);
  if (protocol::validate_json_utf8(json) || set.read(json) || set.repeated() != 0 || set.escaped() != 0 ||
      set.value(0).empty()) {
    throw JwtKeyError("is no JWK set: a JSON object with a list of keys");
  }
  const auto elements = protocol::json_elements(set.value(0));
  if (!elements) throw JwtKeyError("is no JWK set: its keys are no list");
  std::vector<std::string> notes;
  const std::size_t before = keys.size();
  for (std::size_t i = 0; i < elements->size(); ++i) {
    if (auto note = add_jwk(Jwk((*elements)[i], "key " + std::to_string(i + 1)), keys))
      notes.push_back(std::move(*note));
  }
  if (keys.size() == before) throw JwtKeyError("has no key that could be used here");
  return notes;
}

}  // namespace sentix::auth
