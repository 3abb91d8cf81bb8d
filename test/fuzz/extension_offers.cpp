// Sec-WebSocket-Extensions: what was read is read again where it is written anew, and what is agreed keeps to the offer
// that it answers and to the policy (RFC 7692 §7.1). Input: the policy (1 byte), the header's value.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "protocol/deflate/negotiation.h"
#include "test/fuzz/require.h"

using namespace sentix::protocol;
using sentix::test::require;

namespace {

std::string written(const std::vector<ExtensionOffer>& offers) {
  std::string list;
  for (const ExtensionOffer& offer : offers) {
    list += offer.name;
    for (const ExtensionParameter& parameter : offer.parameters) {
      list += ";" + std::string(parameter.name);
      if (parameter.value) list += "=" + *parameter.value;
    }
    list += ",";
  }
  return list;
}

bool has(const ExtensionOffer& offer, std::string_view name) {
  return std::any_of(offer.parameters.begin(), offer.parameters.end(), [&](const auto& p) { return p.name == name; });
}

// 0 where it is no number.
int number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

// Whether the response is one that the client has to accept.
bool answers(const ExtensionOffer& response, const ExtensionOffer& offer) {
  for (const ExtensionParameter& parameter : response.parameters) {
    const bool is_flag = parameter.name.ends_with("_no_context_takeover");
    if (is_flag == parameter.value.has_value()) return false;
    if (parameter.name == "client_max_window_bits" && !has(offer, parameter.name)) return false;
    for (const ExtensionParameter& wish : offer.parameters) {
      if (!is_flag && wish.name == parameter.name && wish.value && number(*parameter.value) > number(*wish.value)) {
        return false;
      }
    }
  }
  const bool keeps_server = !has(offer, "server_no_context_takeover") || has(response, "server_no_context_takeover");
  return keeps_server && (!has(offer, "server_max_window_bits") || has(response, "server_max_window_bits"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const DeflatePolicy policy{.server_context_takeover = (data[0] & 1) != 0,
                             .client_context_takeover = (data[0] & 2) != 0,
                             .server_window_bits = 9 + (data[0] >> 2) % 7,
                             .client_window_bits = 9 + (data[0] >> 5) % 7};
  const std::string list(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto offers = parse_extensions(list);
  if (!offers) return 0;
  const std::string again = written(*offers);
  require(parse_extensions(again) == offers);

  const auto agreement = negotiate(*offers, policy);
  if (!agreement) return 0;
  require(agreement->server_window_bits >= 9 && agreement->server_window_bits <= policy.server_window_bits);
  const auto response = parse_extensions(agreement->response);
  require(response && response->size() == 1);
  require(
      std::any_of(offers->begin(), offers->end(), [&](const auto& offer) { return answers((*response)[0], offer); }));
  return 0;
}
