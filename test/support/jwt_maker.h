#pragma once

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sentix::test {

// RFC 4648 §5 without padding.
inline std::string base64url(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned bits = 0;
  unsigned pending = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (pending += 8; pending >= 6; pending -= 6) text += kAlphabet[bits >> (pending - 6) & 63];
  }
  if (pending > 0) text += kAlphabet[bits << (6 - pending) & 63];
  return text;
}

inline std::string hmac(const EVP_MD* hash, std::string_view secret, std::string_view text) {
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(hash, secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), reinterpret_cast<unsigned char*>(mac.data()), &size);
  mac.resize(size);
  return mac;
}

// A key pair of its own, which signs as an issuer would.
class JwtIssuer {
 public:
  static JwtIssuer rsa(unsigned bits = 2048) { return {EVP_RSA_gen(bits), EVP_sha256()}; }
  static JwtIssuer p256() { return {EVP_EC_gen("P-256"), EVP_sha256()}; }
  static JwtIssuer p384() { return {EVP_EC_gen("P-384"), EVP_sha384()}; }
  static JwtIssuer ed25519() { return {EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), nullptr}; }

  [[nodiscard]] std::string public_pem() const {
    return pem([&](BIO* out) { return PEM_write_bio_PUBKEY(out, key_.get()); });
  }
  [[nodiscard]] std::string private_pem() const {
    return pem([&](BIO* out) {
      return PEM_write_bio_PKCS8PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

  // As a token has it: of ECDSA the two numbers, each as long as the curve's.
  [[nodiscard]] std::string signature(std::string_view text) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_DigestSignInit(context.get(), nullptr, hash_, nullptr, key_.get());
    std::size_t size = 1024;
    std::string result(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(result.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) {
      throw std::runtime_error("cannot sign");
    }
    result.resize(size);
    return EVP_PKEY_is_a(key_.get(), "EC") != 0 ? numbers_of(result) : result;
  }

  [[nodiscard]] std::string token(std::string_view header, std::string_view claims) const {
    const std::string text = base64url(header) + "." + base64url(claims);
    return text + "." + base64url(signature(text));
  }

 private:
  JwtIssuer(EVP_PKEY* key, const EVP_MD* hash) : key_(key, EVP_PKEY_free), hash_(hash) {
    if (key == nullptr) throw std::runtime_error("cannot make a key");
  }

  template <typename Write>
  static std::string pem(Write&& write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    write(out.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }

  [[nodiscard]] std::string numbers_of(const std::string& asn1) const {
    const auto* at = reinterpret_cast<const unsigned char*>(asn1.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> numbers(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(asn1.size())), ECDSA_SIG_free);
    const int bytes = (EVP_PKEY_get_bits(key_.get()) + 7) / 8;
    std::string result(static_cast<std::size_t>(2 * bytes), '\0');
    auto* out = reinterpret_cast<unsigned char*>(result.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), out, bytes);
    BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), out + bytes, bytes);
    return result;
  }

  std::shared_ptr<EVP_PKEY> key_;
  const EVP_MD* hash_;
};

// A token of HS256.
inline std::string hs256_token(std::string_view secret, std::string_view claims,
                               std::string_view header = R"({"alg":"HS256","typ":"JWT"})") {
  const std::string text = base64url(header) + "." + base64url(claims);
  return text + "." + base64url(hmac(EVP_sha256(), secret, text));
}

}  // namespace sentix::test
