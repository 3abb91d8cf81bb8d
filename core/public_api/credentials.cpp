#include "sentix/credentials.h"

#include "auth/credentials.h"
#include "core/arguments.h"
#include "protocol/json_object_reader.h"
#include "sentix/authenticator.h"

namespace sentix {

namespace {

constexpr std::size_t kUserBytesMax = 200;

std::string require_object(std::string_view json) {
  core::require_json(json);
  protocol::JsonObjectReader reader(json);
  for (protocol::JsonField field; reader.next(field);) {
  }
  core::require(!reader.error(), "credentials are a JSON object");
  return std::string(json);
}

}  // namespace

Credentials::Credentials(std::string_view json)
    : Credentials(std::make_shared<const auth::Credentials>(require_object(json))) {}

std::optional<std::string> Credentials::operator[](std::string_view key) const {
  return given_->get(key);
}

std::string_view Credentials::json() const {
  return given_->json();
}

Principal principal_of(const Credentials& given) {
  std::string user = given["username"].value_or("");
  const bool usable = !user.empty() && user.size() <= kUserBytesMax;
  return {.user = usable ? std::move(user) : "user"};
}

}  // namespace sentix
