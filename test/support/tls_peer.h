#pragma once

#include <doctest/doctest.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/tls/openssl.h"

namespace sentix::test {

// A TLS 1.3 client on a non-blocking socket, which knows its own keys and can so send what OpenSSL would not.
class TlsPeer {
 public:
  explicit TlsPeer(int fd) : fd_(fd), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_keylog_callback(context_.get(), [](const SSL* session, const char* line) {
      const std::string text = line;
      if (text.starts_with("CLIENT_TRAFFIC_SECRET_0 ")) {
        static_cast<TlsPeer*>(SSL_get_app_data(session))->keep_secret(text.substr(text.rfind(' ') + 1));
      }
    });
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_fd(ssl_.get(), fd);
    SSL_set_connect_state(ssl_.get());
  }

  [[nodiscard]] SSL* ssl() { return ssl_.get(); }

  // Everything that is there, decrypted.
  std::string read() {
    std::string all;
    std::array<char, 4096> buffer;
    std::size_t count = 0;
    while (SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &count) == 1) {
      all.append(buffer.data(), count);
    }
    return all;
  }

  bool write(const std::string& text) {
    std::size_t count = 0;
    return SSL_write_ex(ssl_.get(), text.data(), text.size(), &count) == 1 && count == text.size();
  }

  // How many bytes lie in the socket, as they came.
  [[nodiscard]] std::size_t waiting() const {
    std::vector<char> buffer(1 << 20);
    const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), MSG_PEEK);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }

  // Past TLS.
  void send_raw(const std::string& bytes) {
    REQUIRE(::send(fd_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }

  // A record of TLS_AES_128_GCM_SHA256 (RFC 8446 §5.2) behind the handshake. Not to be mixed with write().
  void send_record(unsigned char type, std::string payload) {
    payload += static_cast<char>(type);
    const auto key = expand("key", 16);
    auto iv = expand("iv", 12);
    iv[11] = static_cast<unsigned char>(iv[11] ^ sequence_++);
    const std::size_t size = payload.size() + 16;
    std::string record{23, 3, 3, static_cast<char>(size >> 8), static_cast<char>(size)};
    record.resize(5 + size);
    auto* const bytes = reinterpret_cast<unsigned char*>(record.data());
    const std::unique_ptr<EVP_CIPHER_CTX, core::FreedBy<EVP_CIPHER_CTX_free>> cipher(EVP_CIPHER_CTX_new());
    int count = 0;
    EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_gcm(), nullptr, key.data(), iv.data());
    EVP_EncryptUpdate(cipher.get(), nullptr, &count, bytes, 5);
    EVP_EncryptUpdate(cipher.get(), bytes + 5, &count, reinterpret_cast<const unsigned char*>(payload.data()),
                      static_cast<int>(payload.size()));
    EVP_EncryptFinal_ex(cipher.get(), nullptr, &count);
    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, 16, bytes + 5 + payload.size());
    send_raw(record);
  }

 private:
  void keep_secret(const std::string& hex) {
    long size = 0;
    unsigned char* const bytes = OPENSSL_hexstr2buf(hex.c_str(), &size);
    secret_.assign(bytes, bytes + size);
    OPENSSL_free(bytes);
  }

  // HKDF-Expand-Label (RFC 8446 §7.1), without a context.
  std::vector<unsigned char> expand(const std::string& name, std::size_t size) {
    const std::string label = "tls13 " + name;
    std::string info{0, static_cast<char>(size), static_cast<char>(label.size())};
    info += label + '\0';
    std::string digest = "SHA256";
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    const std::array<OSSL_PARAM, 5> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret_.data(), secret_.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()), OSSL_PARAM_construct_end()};
    const std::unique_ptr<EVP_KDF, core::FreedBy<EVP_KDF_free>> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
    const std::unique_ptr<EVP_KDF_CTX, core::FreedBy<EVP_KDF_CTX_free>> context(EVP_KDF_CTX_new(kdf.get()));
    std::vector<unsigned char> bytes(size);
    REQUIRE(EVP_KDF_derive(context.get(), bytes.data(), size, parameters.data()) == 1);
    return bytes;
  }

  int fd_;
  core::SslContextPtr context_;
  core::SslPtr ssl_;
  std::vector<unsigned char> secret_;
  unsigned char sequence_ = 0;
};

}  // namespace sentix::test
