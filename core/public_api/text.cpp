#include "auth/secret.h"
#include "protocol/json_text.h"
#include "sentix/json.h"
#include "sentix/secret.h"

namespace sentix {

bool equal(std::string_view given, std::string_view expected) {
  return auth::equal(given, expected);
}

std::string quote(std::string_view text) {
  return protocol::quote(text);
}

}  // namespace sentix
