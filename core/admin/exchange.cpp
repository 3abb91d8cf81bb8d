#include "core/admin/exchange.h"

#include <utility>

#include "protocol/json_text.h"

namespace sentix::core {

AdminAnswer admin_error(std::uint16_t status, std::string_view code, std::string_view message) {
  std::string body = R"({"code":)";
  protocol::append_quoted(body, code);
  body += R"(,"message":)";
  protocol::append_quoted(body, message);
  body += '}';
  return {.status = status, .body = std::move(body)};
}

AdminAnswer json_answer(protocol::JsonWriter&& json) {
  const protocol::SharedFrame frame = std::move(json).finish();
  const auto text = frame.payload();
  return {.body = std::string(reinterpret_cast<const char*>(text.data()), text.size())};
}

AdminAnswer bad_request(std::string_view message) {
  return admin_error(400, "bad_request", message);
}

}  // namespace sentix::core
