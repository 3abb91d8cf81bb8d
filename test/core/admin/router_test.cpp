#include "core/admin/router.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "core/admin/openapi.h"
#include "protocol/json_syntax.h"

using namespace sentix;

TEST_CASE("the description of the API is JSON, and has every route") {
  const std::string_view description = core::openapi_description();
  CHECK_FALSE(protocol::validate_json_utf8(description));
  std::set<std::string_view> paths;
  for (const core::AdminRoute& route : core::admin_routes()) {
    CAPTURE(route.path);
    CHECK(paths.insert(route.path).second);
    const std::string method = route.method == "GET" ? "get" : "post";
    const std::string expected = '"' + std::string(route.path) + R"(":{")" + method + R"(":{)";
    CHECK(description.find(expected) != std::string_view::npos);
  }
}
