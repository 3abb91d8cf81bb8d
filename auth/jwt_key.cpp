#include "auth/jwt_key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <climits>
#include <new>
#include <utility>

namespace sentix::auth {

namespace {

using enum JwtAlgorithm;

constexpr int kRsaBitsMin = 2048;  // RFC 7518 §3.3
constexpr int kRsaBitsMax = 8192;  // a check takes longer with the square of it
constexpr std::size_t kP256Bytes = 32;

struct Name {
  JwtAlgorithm algorithm;
  std::string_view name;
};
constexpr std::array kNames{Name{hs256, "HS256"}, Name{hs384, "HS384"}, Name{hs512, "HS512"},
                            Name{rs256, "RS256"}, Name{es256, "ES256"}, Name{eddsa, "EdDSA"}};

template <auto Free>
struct FreedBy {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, FreedBy<Free>>;
using Number = Owned<BIGNUM, BN_free>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// What OpenSSL noted is of no use to anybody later on.
struct ErrorsForgotten {
  ~ErrorsForgotten() { ERR_clear_error(); }
};

// Null where the algorithm is none of HMAC's.
const EVP_MD* hash_of(JwtAlgorithm algorithm) {
  switch (algorithm) {
    case hs256:
      return EVP_sha256();
    case hs384:
      return EVP_sha384();
    case hs512:
      return EVP_sha512();
    case rs256:
    case es256:
    case eddsa:
      break;
  }
  return nullptr;
}

JwtAlgorithm algorithm_of(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") != 0) return eddsa;
  if (EVP_PKEY_is_a(key, "RSA") != 0) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kRsaBitsMin || bits > kRsaBitsMax) {
      throw JwtKeyError("is an RSA key of " + std::to_string(bits) + " bits, and has to have " +
                        std::to_string(kRsaBitsMin) + " to " + std::to_string(kRsaBitsMax));
    }
    return rs256;
  }
  std::array<char, 64> curve{};
  if (EVP_PKEY_is_a(key, "EC") != 0 && EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) == 1 &&
      std::string_view(curve.data()) == SN_X9_62_prime256v1) {
    return es256;
  }
  throw JwtKeyError("is a key of a kind that is not known here: known are RSA, P-256 and Ed25519");
}

std::shared_ptr<EVP_PKEY> shared(EVP_PKEY* key) {
  if (key == nullptr) throw JwtKeyError("is no key: its numbers do not fit together");
  return {key, EVP_PKEY_free};
}

Number number(std::string_view big_endian) {
  Number result(
      BN_bin2bn(bytes_of(big_endian), static_cast<int>(std::min<std::size_t>(big_endian.size(), INT_MAX)), nullptr));
  if (!result) throw std::bad_alloc();
  return result;
}

// A public key of `type` from what was put into the builder.
std::shared_ptr<EVP_PKEY> build(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get());
  }
  return shared(key);
}

bool hmac_verifies(const EVP_MD* hash, std::string_view secret, std::string_view text, std::string_view signature) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> expected;
  unsigned size = 0;
  if (HMAC(hash, secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(), expected.data(), &size) ==
      nullptr) {
    return false;
  }
  return signature.size() == size && CRYPTO_memcmp(signature.data(), expected.data(), size) == 0;
}

// A token has the two numbers of a signature behind each other (RFC 7518 §3.4), OpenSSL wants them in ASN.1. Empty
// where they are none.
std::string ecdsa_asn1(std::string_view signature) {
  if (signature.size() != 2 * kP256Bytes) return {};
  const Owned<ECDSA_SIG, ECDSA_SIG_free> numbers(ECDSA_SIG_new());
  Number r = number(signature.substr(0, kP256Bytes));
  Number s = number(signature.substr(kP256Bytes));
  if (!numbers || ECDSA_SIG_set0(numbers.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());  // they are the signature's now
  static_cast<void>(s.release());
  unsigned char* encoded = nullptr;
  const int size = i2d_ECDSA_SIG(numbers.get(), &encoded);
  if (size <= 0) return {};
  std::string asn1(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
  OPENSSL_free(encoded);
  return asn1;
}

}  // namespace

std::string_view name(JwtAlgorithm algorithm) {
  return kNames[static_cast<std::size_t>(algorithm)].name;
}

std::optional<JwtAlgorithm> jwt_algorithm(std::string_view name) {
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const Name& row) { return row.name == name; });
  return found == kNames.end() ? std::nullopt : std::optional(found->algorithm);
}

JwtKey::JwtKey(std::shared_ptr<EVP_PKEY> public_key)
    : algorithm_(algorithm_of(public_key.get())), public_key_(std::move(public_key)) {}

JwtKey JwtKey::from_secret(JwtAlgorithm algorithm, std::string secret) {
  const EVP_MD* const hash = hash_of(algorithm);
  if (hash == nullptr) throw JwtKeyError("is a secret, and " + std::string(name(algorithm)) + " needs a public key");
  const auto bytes_min = static_cast<std::size_t>(EVP_MD_get_size(hash));
  if (secret.size() < bytes_min) {
    throw JwtKeyError("has " + std::to_string(secret.size()) + " bytes, and a secret for " +
                      std::string(name(algorithm)) + " has to have " + std::to_string(bytes_min) + " at least");
  }
  return {algorithm, std::move(secret)};
}

JwtKey JwtKey::from_pem(std::string_view pem) {
  const ErrorsForgotten errors;
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos) {
    throw JwtKeyError("is a private key, which whoever checks tokens has no use for: openssl pkey -pubout");
  }
  const Owned<BIO, BIO_free> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(std::min<std::size_t>(pem.size(), INT_MAX))));
  EVP_PKEY* const key = bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr;
  if (key == nullptr) throw JwtKeyError("is no public key in PEM, which begins with -----BEGIN PUBLIC KEY-----");
  return JwtKey(shared(key));
}

JwtKey JwtKey::from_rsa(std::string_view modulus, std::string_view exponent) {
  const ErrorsForgotten errors;
  const Number n = number(modulus);
  const Number e = number(exponent);
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return JwtKey(build("RSA", builder.get()));
}

JwtKey JwtKey::from_p256(std::string_view x, std::string_view y) {
  const ErrorsForgotten errors;
  if (x.size() != kP256Bytes || y.size() != kP256Bytes) {
    throw JwtKeyError("is no key of P-256: its x and y have 32 bytes each");
  }
  const std::string point = "\x04" + std::string(x) + std::string(y);  // uncompressed (SEC 1 §2.3.3)
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return JwtKey(build("EC", builder.get()));
}

JwtKey JwtKey::from_ed25519(std::string_view x) {
  const ErrorsForgotten errors;
  return JwtKey(shared(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size())));
}

bool JwtKey::verifies(std::string_view text, std::string_view signature) const {
  if (const EVP_MD* const hash = hash_of(algorithm_)) return hmac_verifies(hash, secret_, text, signature);
  const ErrorsForgotten errors;
  const std::string asn1 = algorithm_ == es256 ? ecdsa_asn1(signature) : std::string();
  if (algorithm_ == es256) signature = asn1;
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  const EVP_MD* const hash = algorithm_ == eddsa ? nullptr : EVP_sha256();
  return context && EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, public_key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

}  // namespace sentix::auth
