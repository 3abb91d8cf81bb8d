#include "core/admin/gate.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace sentix;
using core::AdminOptions;
using protocol::HeaderField;

namespace {

core::Address address(std::string_view ip) {
  core::Address from;
  from.family = core::Address::Family::ip;
  from.ip = protocol::parse_ip(ip).value();
  return from;
}

// The status of the answer; 0 where the request may go on.
int status(const std::vector<HeaderField>& headers, const AdminOptions& options = {},
           std::string_view from = "127.0.0.1", std::string_view method = "GET") {
  protocol::HttpRequest request;
  request.method = method;
  for (const HeaderField& header : headers) {
    request.headers.add(header);
  }
  const auto denial = core::check_admin_request(request, address(from), options);
  return denial ? denial->status : 0;
}

constexpr HeaderField kHost{"Host", "localhost:9180"};

}  // namespace

TEST_CASE("a Host is a literal address, localhost, or a configured name") {
  AdminOptions named;
  named.hosts = {"sentix.internal"};
  for (const std::string_view good : {"127.0.0.1", "127.0.0.1:9180", "192.0.2.1:80", "[::1]:9180", "[2001:db8::1]",
                                      "localhost", "LOCALHOST:1", "Sentix.Internal:9180"}) {
    CAPTURE(good);
    CHECK(status({{"Host", good}}, named) == 0);
  }
  for (const std::string_view bad : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:9180",
                                     "sentix.internal.evil.example", "xlocalhost", "127.1", "0x7f.1"}) {
    CAPTURE(bad);
    CHECK(status({{"Host", bad}}, named) == 403);
  }
  CHECK(status({{"Host", "sentix.internal"}}) == 403);
  CHECK(status({}) == 0);  // HTTP/1.0; for 1.1 the parser insists on one
}

TEST_CASE("an Origin is the listener's own") {
  CHECK(status({kHost, {"Origin", "http://localhost:9180"}}) == 0);
  for (const std::string_view bad : {"http://localhost:8080", "http://evil.example", "null", "", "http://localhost"}) {
    CAPTURE(bad);
    CHECK(status({kHost, {"Origin", bad}}) == 403);
  }
}

TEST_CASE("a POST says that it is JSON") {
  for (const std::string_view good : {"application/json", "Application/JSON", "application/json; charset=utf-8"}) {
    CAPTURE(good);
    CHECK(status({kHost, {"Content-Type", good}}, {}, "127.0.0.1", "POST") == 0);
  }
  for (const std::string_view bad : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "",
                                     "text/plain; application/json", "application/jsonp"}) {
    CAPTURE(bad);
    CHECK(status({kHost, {"Content-Type", bad}}, {}, "127.0.0.1", "POST") == 415);
  }
  CHECK(status({kHost}, {}, "127.0.0.1", "POST") == 415);
}

TEST_CASE("whoever is not on this machine shows the token") {
  AdminOptions options;
  options.token = "s3cret";
  struct Row {
    std::string_view from;
    std::vector<HeaderField> headers;
    int without_token;  // where none is configured
    int with_token;     // where it is s3cret
  };
  const HeaderField right{"Authorization", "Bearer s3cret"};
  const HeaderField wrong{"Authorization", "Bearer s3cre"};
  const Row rows[] = {
      {"127.0.0.1", {kHost}, 0, 0},
      {"127.8.8.8", {kHost}, 0, 0},
      {"::ffff:127.0.0.1", {kHost}, 0, 0},
      {"::1", {kHost}, 0, 0},
      {"127.0.0.1", {kHost, right}, 0, 0},
      {"127.0.0.1", {kHost, wrong}, 0, 401},
      {"192.0.2.1", {kHost}, 403, 401},
      {"::2", {kHost}, 403, 401},
      {"192.0.2.1", {kHost, right}, 403, 0},
      {"192.0.2.1", {kHost, {"Authorization", "bearer s3cret"}}, 403, 0},
      {"192.0.2.1", {kHost, wrong}, 403, 401},
      {"192.0.2.1", {kHost, {"Authorization", "Bearer "}}, 403, 401},
      {"192.0.2.1", {kHost, {"Authorization", "Basic s3cret"}}, 403, 401},
      {"192.0.2.1", {kHost, {"Authorization", "s3cret"}}, 403, 401},
      {"127.0.0.1", {kHost, {"X-Forwarded-For", "127.0.0.1"}}, 403, 401},
      {"127.0.0.1", {kHost, {"x-forwarded-for", ""}}, 403, 401},
      {"127.0.0.1", {kHost, {"Forwarded", "for=1.2.3.4"}}, 403, 401},
      {"127.0.0.1", {kHost, {"X-Real-IP", "1.2.3.4"}}, 403, 401},
      {"127.0.0.1", {kHost, {"Via", "1.1 proxy"}}, 403, 401},
      {"127.0.0.1", {kHost, {"X-Forwarded-For", "1.2.3.4"}, right}, 403, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.from);
    CAPTURE(row.headers.back().name);
    CAPTURE(row.headers.back().value);
    CHECK(status(row.headers, {}, row.from) == row.without_token);
    CHECK(status(row.headers, options, row.from) == row.with_token);
  }
}

TEST_CASE("where no token is configured the answer names the setting") {
  protocol::HttpRequest request;
  request.method = "GET";
  const auto denial = core::check_admin_request(request, address("192.0.2.1"), {});
  REQUIRE(denial);
  CHECK(denial->body.find("admin_token") != std::string::npos);
}

TEST_CASE("there may be a second token, with which nothing can be changed") {
  AdminOptions options;
  options.read_token = "look";
  const HeaderField reader{"Authorization", "Bearer look"};
  const HeaderField writer{"Authorization", "Bearer s3cret"};
  const HeaderField json{"Content-Type", "application/json"};
  CHECK(status({kHost, reader}, options, "192.0.2.1") == 0);
  CHECK(status({kHost, writer}, options, "192.0.2.1") == 401);
  CHECK(status({kHost, {"Authorization", "Bearer "}}, options, "192.0.2.1") == 401);  // admin_token is empty
  options.token = "s3cret";
  for (const std::string_view from : {"192.0.2.1", "127.0.0.1"}) {
    CAPTURE(from);
    CHECK(status({kHost, reader, json}, options, from, "POST") == 403);
    CHECK(status({kHost, writer, json}, options, from, "POST") == 0);
    CHECK(status({kHost, reader}, options, from) == 0);
    CHECK(status({kHost, {"Authorization", "Bearer loo"}}, options, from) == 401);
  }
  CHECK(status({kHost, json}, options, "127.0.0.1", "POST") == 0);
  options.read_token = options.token;  // the right that is wider counts
  CHECK(status({kHost, writer, json}, options, "192.0.2.1", "POST") == 0);
}

TEST_CASE("the files of the dashboard need no token, but a Host and an Origin") {
  const core::AdminFile files[] = {{"/", "text/html", "<html>"}};
  AdminOptions options;
  options.files = files;
  options.token = "s3cret";
  const auto ask = [&](std::string_view path, std::string_view method, const HeaderField& header) {
    protocol::HttpRequest request;
    request.method = method;
    request.target.path = path;
    request.headers.add(header);
    const auto denial = core::check_admin_request(request, address("192.0.2.1"), options);
    return denial ? denial->status : 0;
  };
  CHECK(ask("/", "GET", kHost) == 0);
  CHECK(ask("/", "HEAD", kHost) == 0);
  CHECK(ask("/", "POST", kHost) == 401);
  CHECK(ask("/api/info", "GET", kHost) == 401);
  CHECK(ask("/", "GET", {"Host", "evil.example"}) == 403);
}
