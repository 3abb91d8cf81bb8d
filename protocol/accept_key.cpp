#include "protocol/accept_key.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <stdexcept>

namespace sentix::protocol {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 §1.3
constexpr std::size_t kKeyBytes = 24;
constexpr std::size_t kSha1Bytes = 20;

// Looking an algorithm up costs OpenSSL 3 several times what this hash does, so it is done once. It is kept until the
// process ends, when no order of destruction is worth worrying about.
const EVP_MD* sha1() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  if (md == nullptr) throw std::runtime_error("OpenSSL offers no SHA-1, which the WebSocket handshake is made of");
  return md;
}

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

}  // namespace

AcceptKey accept_key(std::string_view key) {
  assert(is_websocket_key(key));
  std::array<char, kKeyBytes + kGuid.size()> input{};
  const std::size_t key_size = key.copy(input.data(), kKeyBytes);
  kGuid.copy(input.data() + key_size, kGuid.size());

  std::array<unsigned char, kSha1Bytes> digest{};
  if (EVP_Digest(input.data(), key_size + kGuid.size(), digest.data(), nullptr, sha1(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL could not compute a SHA-1");
  }
  AcceptKey accept{};
  std::array<unsigned char, accept.size() + 1> encoded{};  // EVP_EncodeBlock ends it with a zero
  EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
  std::copy_n(encoded.begin(), accept.size(), accept.begin());
  return accept;
}

bool is_websocket_key(std::string_view text) {
  return text.size() == kKeyBytes && text.ends_with("==") && std::all_of(text.begin(), text.end() - 2, is_base64);
}

}  // namespace sentix::protocol
