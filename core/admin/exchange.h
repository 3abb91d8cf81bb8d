#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/admin/event_stream.h"
#include "protocol/http_request.h"
#include "protocol/json_writer.h"

namespace sentix::core {

// One request to the admin listener, whole. Borrows from its connection for the call that gets it.
struct AdminRequest {
  const protocol::HttpRequest& head;
  std::string_view body;
};

struct AdminAnswer {
  std::uint16_t status = 200;
  std::string body = "{}";
  std::string_view content_type = "application/json";
  std::string_view allow = {};  // the methods that a 405 tells
  std::string_view content_security_policy = "default-src 'none'; frame-ancestors 'none'";
  std::shared_ptr<EventStream> events = {};  // in place of the body, where it is not null
};

// To be called once, on the admin thread, during the call that got it or later.
using AdminReply = std::function<void(AdminAnswer)>;

// {"code":"...","message":"..."}: the code for programs, the sentence for people.
[[nodiscard]] AdminAnswer admin_error(std::uint16_t status, std::string_view code, std::string_view message);

// 200 with what has been written.
[[nodiscard]] AdminAnswer json_answer(protocol::JsonWriter&& json);

// 400 and bad_request.
[[nodiscard]] AdminAnswer bad_request(std::string_view message);

}  // namespace sentix::core
