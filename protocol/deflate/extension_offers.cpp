#include "protocol/deflate/extension_offers.h"

#include <utility>

#include "protocol/http_syntax.h"

namespace sentix::protocol {
namespace {

// Reads from the front of the list, and leaves what it has not read. Whitespace behind a part is a part of it.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(trimmed(text)) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool skip(char separator) {
    if (rest_.empty() || rest_.front() != separator) return false;
    advance(1);
    return true;
  }

  // Empty where there is none.
  std::string_view token() {
    const std::string_view token = take_all(ByteClass::token, rest_);
    rest_ = trimmed(rest_);
    return token;
  }

  // RFC 6455 §9.1: what the quotes hold must be a token, once escapes are resolved. Nothing where it is not.
  std::optional<std::string> quoted_token() {
    std::string value;
    std::size_t at = 1;
    while (at < rest_.size() && rest_[at] != '"') {
      if (rest_[at] == '\\') ++at;
      if (at == rest_.size() || !is(ByteClass::token, rest_[at])) return std::nullopt;
      value += rest_[at++];
    }
    if (at == rest_.size() || value.empty()) return std::nullopt;
    advance(at + 1);
    return value;
  }

  // A token or a quoted one.
  std::optional<std::string> value() {
    if (!rest_.empty() && rest_.front() == '"') return quoted_token();
    const std::string_view plain = token();
    return plain.empty() ? std::nullopt : std::optional<std::string>(plain);
  }

 private:
  void advance(std::size_t size) {
    rest_.remove_prefix(size);
    rest_ = trimmed(rest_);
  }

  std::string_view rest_;
};

bool read_parameter(Reader& reader, ExtensionOffer& offer) {
  ExtensionParameter parameter{.name = reader.token()};
  if (parameter.name.empty()) return false;
  if (reader.skip('=')) {
    parameter.value = reader.value();
    if (!parameter.value) return false;
  }
  offer.parameters.push_back(std::move(parameter));
  return true;
}

bool read_offer(Reader& reader, std::vector<ExtensionOffer>& offers) {
  ExtensionOffer offer{.name = reader.token()};
  if (offer.name.empty()) return false;
  while (reader.skip(';')) {
    if (!read_parameter(reader, offer)) return false;
  }
  offers.push_back(std::move(offer));
  return true;
}

}  // namespace

std::optional<std::vector<ExtensionOffer>> parse_extensions(std::string_view list) {
  std::vector<ExtensionOffer> offers;
  Reader reader(list);
  while (!reader.at_end()) {
    if (reader.skip(',')) continue;
    if (!read_offer(reader, offers)) return std::nullopt;
    if (!reader.at_end() && !reader.skip(',')) return std::nullopt;
  }
  return offers;
}

}  // namespace sentix::protocol
