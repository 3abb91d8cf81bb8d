#include "protocol/request_rules.h"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

namespace sentix::protocol {
namespace {

struct Row {
  std::string_view target;
  std::vector<HeaderField> fields;
  std::optional<Refusal> refusal;
};

std::optional<Refusal> check(const Row& row, HttpVersion version) {
  HttpRequest request;
  request.method = "GET";
  request.target = parse_request_target(row.target).value();
  request.version = version;
  for (const HeaderField& field : row.fields) request.headers.add(field);
  return check_request(request);
}

TEST_CASE("rules of a whole head") {
  const HeaderField host{"Host", "a"};
  const Row rows[] = {
      {"/", {host}, std::nullopt},
      {"/", {host, {"Content-Length", "0"}}, std::nullopt},
      {"/", {host, {"Content-Length", "000"}}, std::nullopt},
      {"/", {host, {"Accept", "x"}, {"Accept", "y"}}, std::nullopt},
      {"/", {host, {"Upgrade", "a"}, {"Upgrade", "b"}, {"Connection", "a"}, {"Connection", "b"}}, std::nullopt},
      {"/", {host, {"Sec-WebSocket-Protocol", "a"}, {"Sec-WebSocket-Protocol", "b"}}, std::nullopt},
      {"/", {host, {"Sec-WebSocket-Extensions", "a"}, {"Sec-WebSocket-Extensions", "b"}}, std::nullopt},
      {"http://A/", {host}, std::nullopt},

      {"/", {host, host}, Refusal::repeated_header},
      {"/", {host, {"hOST", "b"}}, Refusal::repeated_header},
      {"/", {host, {"Content-Length", "0"}, {"content-length", "0"}}, Refusal::repeated_header},
      {"/", {host, {"Origin", "a"}, {"Origin", "a"}}, Refusal::repeated_header},
      {"/", {host, {"Authorization", "a"}, {"Authorization", "b"}}, Refusal::repeated_header},
      {"/", {host, {"Sec-WebSocket-Key", "a"}, {"Sec-WebSocket-Key", "a"}}, Refusal::repeated_header},
      {"/", {host, {"Sec-WebSocket-Version", "13"}, {"Sec-WebSocket-Version", "8"}}, Refusal::repeated_header},

      {"/", {{"Host", ""}}, Refusal::bad_host},
      {"/", {{"Host", "a, b"}}, Refusal::bad_host},
      {"/", {{"Host", "user@a"}}, Refusal::bad_host},
      {"http://b/", {host}, Refusal::host_differs_from_target},
      {"http://a:80/", {host}, Refusal::host_differs_from_target},

      {"/", {host, {"Content-Length", ""}}, Refusal::bad_content_length},
      {"/", {host, {"Content-Length", "+1"}}, Refusal::bad_content_length},
      {"/", {host, {"Content-Length", "-0"}}, Refusal::bad_content_length},
      {"/", {host, {"Content-Length", "0x0"}}, Refusal::bad_content_length},
      {"/", {host, {"Content-Length", "0, 0"}}, Refusal::bad_content_length},
      {"/", {host, {"Content-Length", "1 0"}}, Refusal::bad_content_length},
      {"/", {host, {"Content-Length", "1"}}, Refusal::body_not_allowed},
      {"/", {host, {"Content-Length", "18446744073709551616"}}, Refusal::body_not_allowed},
      {"/", {host, {"Transfer-Encoding", "chunked"}}, Refusal::body_not_allowed},
      {"/", {host, {"Transfer-Encoding", ""}}, Refusal::body_not_allowed},
      {"/", {host, {"Transfer-Encoding", "identity"}}, Refusal::body_not_allowed},
      {"/", {host, {"Content-Length", "0"}, {"Transfer-Encoding", "chunked"}}, Refusal::conflicting_framing},
      {"/", {host, {"Transfer-Encoding", "chunked"}, {"Content-Length", "x"}}, Refusal::conflicting_framing},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    CAPTURE(row.fields.back().name);
    CAPTURE(row.fields.back().value);
    CHECK(check(row, HttpVersion::http_1_1) == row.refusal);
    CHECK(check(row, HttpVersion::http_1_0) == row.refusal);
  }
}

TEST_CASE("where bodies are allowed, their length is told beforehand and within the limit") {
  struct BodyRow {
    HeaderField field;
    std::optional<Refusal> refusal;
    std::size_t bytes;
  };
  const BodyRow rows[] = {
      {{"Accept", "x"}, std::nullopt, 0},
      {{"Content-Length", "0"}, std::nullopt, 0},
      {{"Content-Length", "1"}, std::nullopt, 1},
      {{"Content-Length", "100"}, std::nullopt, 100},
      {{"Content-Length", "000100"}, std::nullopt, 100},
      {{"Content-Length", "101"}, Refusal::body_too_large, 0},
      {{"Content-Length", "18446744073709551617"}, Refusal::body_too_large, 0},  // 1 in 64 bits
      {{"Content-Length", "999999999999999999999999999999"}, Refusal::body_too_large, 0},
      {{"Content-Length", "1, 1"}, Refusal::bad_content_length, 0},
      {{"Content-Length", ""}, Refusal::bad_content_length, 0},
      {{"Transfer-Encoding", "chunked"}, Refusal::length_required, 0},
      {{"Transfer-Encoding", "identity"}, Refusal::length_required, 0},
  };
  for (const BodyRow& row : rows) {
    CAPTURE(row.field.value);
    HttpRequest request;
    request.headers.add({"Host", "a"});
    request.headers.add(row.field);
    CHECK(check_request(request, 100) == row.refusal);
    if (!row.refusal) CHECK(body_bytes(request) == row.bytes);
  }
}

TEST_CASE("HTTP/1.0 may leave Host out, HTTP/1.1 may not") {
  CHECK(check({"/", {}, {}}, HttpVersion::http_1_0) == std::nullopt);
  CHECK(check({"/", {}, {}}, HttpVersion::http_1_1) == Refusal::missing_host);
}

}  // namespace
}  // namespace sentix::protocol
